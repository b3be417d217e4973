"""Retry-After on the exception replaces the computed delay; beyond max_delay or the deadline it stops."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest

from recovery.engine.retry import retry
from recovery.engine.types import RetryConfig
from recovery.testing import FakeClock
from tests.engine.retry.helpers import Flaky

CONFIG = RetryConfig(max_attempts=3, base_delay=2.0, max_delay=60.0, jitter=False)


def told(value: Any = None, header: Any = None) -> Exception:
    error = ConnectionError("wait")
    if value is not None:
        error.retry_after = value  # type: ignore[attr-defined]
    if header is not None:
        error.response = SimpleNamespace(headers={"Retry-After": header}, status_code=503)  # type: ignore[attr-defined]
    return error


def waits(error: Exception, **fields: Any) -> list[float]:
    clock = FakeClock()
    retry(config=CONFIG, clock=clock, **fields)(Flaky(error).function())()
    return clock.slept


@pytest.mark.parametrize("error", [told(7), told(header="7"), told(timedelta(seconds=7))])
def test_it_replaces_the_computed_delay(error: Exception) -> None:
    assert waits(error) == [7.0]


def test_an_http_date_is_read_by_the_clock() -> None:
    clock = FakeClock()
    date = format_datetime(clock.now() + timedelta(seconds=30), usegmt=True)
    retry(config=CONFIG, clock=clock)(Flaky(told(header=date)).function())()
    assert clock.slept == [30.0]


@pytest.mark.parametrize("error", [told(0), told(header="0"), told(header="Mon, 01 Jan 1990 00:00:00 GMT")])
def test_zero_or_a_past_date_is_no_delay(error: Exception) -> None:
    assert waits(error) == []


@pytest.mark.parametrize("error", [told(-1), told(float("nan")), told("soon"), told(header="later")])
def test_what_cannot_be_read_is_ignored(error: Exception) -> None:
    assert waits(error) == [2.0]


@pytest.mark.parametrize(("fields", "after"), [({}, 61), ({"max_elapsed": 5.0}, 6)])
def test_beyond_the_cap_or_the_deadline_it_stops(fields: dict[str, Any], after: float) -> None:
    clock, error = FakeClock(), told(after)
    with pytest.raises(ConnectionError) as caught:
        retry(config=CONFIG, clock=clock, **fields)(Flaky(error).function())()
    assert caught.value is error
    assert caught.value.retry_after == after  # type: ignore[attr-defined]
    assert clock.slept == []


def test_a_class_may_say_it_for_all_its_exceptions() -> None:
    class Polite(ConnectionError):
        retry_after = 9

    assert waits(Polite()) == [9.0]


def test_a_property_that_raises_is_no_answer() -> None:
    class Rude(ConnectionError):
        @property
        def retry_after(self) -> float:
            raise RuntimeError("no")

    assert waits(Rude()) == [2.0]
