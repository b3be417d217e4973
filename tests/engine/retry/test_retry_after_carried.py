"""A wait that is asked for and not waited travels on the error."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from recovery import retry


class Limited(Exception):
    """What a client raises: the header stands in the response only."""

    def __init__(self, after: str) -> None:
        super().__init__("slow down")
        self.response = SimpleNamespace(headers={"Retry-After": after}, status_code=429)


def test_a_header_beyond_max_delay_is_carried() -> None:
    """The retry stops; the error says how long the other side asked for."""

    @retry(max_attempts=3, base_delay=0, max_delay=10)
    def fetch() -> None:
        raise Limited("120")

    with pytest.raises(Limited) as caught:
        fetch()
    assert caught.value.retry_after == 120.0  # type: ignore[attr-defined]


def test_for_ever_is_beyond_every_max_delay() -> None:
    """An infinite wait is no reason to retry at once."""
    calls = []

    @retry(max_attempts=3, base_delay=0)
    def fetch() -> None:
        calls.append(1)
        error = ConnectionError("later")
        error.retry_after = float("inf")  # type: ignore[attr-defined]
        raise error

    with pytest.raises(ConnectionError):
        fetch()
    assert len(calls) == 1
