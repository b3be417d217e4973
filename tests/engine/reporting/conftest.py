"""A clock that stands, and sinks that are gone after the test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from recovery.engine import sinks
from recovery.engine.context import ErrorReport
from recovery.engine.dispatch import drain


class Standing:
    """A clock whose time of day is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)

    def advance(self, **span: float) -> None:
        self.time += timedelta(**span)

    def monotonic(self) -> float:
        return self.time.timestamp()

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.advance(seconds=seconds)

    async def asleep(self, seconds: float) -> None:
        self.advance(seconds=seconds)


class Sink:
    """Keeps what it gets."""

    def __init__(self) -> None:
        self.got: list[ErrorReport] = []

    def __call__(self, report: ErrorReport) -> None:
        self.got.append(report)

    @property
    def reports(self) -> list[ErrorReport]:
        """All that has been offered so far."""
        assert drain()
        return self.got


@pytest.fixture
def clock() -> Standing:
    return Standing()


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    sinks.add_sink(made)
    yield made
    sinks.remove_sink(made)
    assert sinks.active == ()
