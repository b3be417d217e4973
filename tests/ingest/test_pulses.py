"""Pulses in memory: the latest wins, only fresh ones count, nothing is kept for good."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recovery import moment, wire
from recovery.ingest.pulses import FRESH_SECONDS, KEPT_SECONDS, Pulses
from recovery.testing import FakeClock


@pytest.fixture
def still() -> Iterator[FakeClock]:
    """A clock that stands still."""
    with moment.using(FakeClock(1e9)) as clock:
        yield clock


def told(calls: float, *names: str) -> wire.Pulse:
    """A pulse of these breakers."""
    return wire.Pulse(clock=1.0, breakers=tuple(wire.BreakerPulse(name=n, state="OPEN", calls=calls) for n in names))


def test_the_latest_of_each_breaker_wins_and_says_its_age(still: FakeClock) -> None:
    pulses = Pulses()
    pulses.take(1, 7, told(3.0, "a", "b"))
    still.advance(1.5)
    pulses.take(1, 7, told(4.0, "a"))
    still.advance(0.5)
    assert {name: (each.pulse.calls, each.age) for name in "ab" for each in pulses.beating(1, name).values()} == {
        "a": (4.0, 0.5),
        "b": (3.0, 2.0),
    }


def test_what_is_older_than_three_seconds_is_not_the_present(still: FakeClock) -> None:
    pulses = Pulses()
    pulses.take(1, 7, told(3.0, "a"))
    pulses.put(1, 8, told(3.0, "a").breakers, age=2.0)
    still.advance(FRESH_SECONDS - 1)
    assert set(pulses.of(1, "a")) == {7}
    still.advance(1.01)
    assert pulses.of(1, "a") == {}


def test_services_and_processes_are_kept_apart_and_go(still: FakeClock) -> None:
    pulses = Pulses()
    for service, process in ((1, 7), (1, 8), (2, 9)):
        pulses.take(service, process, told(1.0, "a"))
    assert set(pulses.of(1, "a")) == {7, 8}
    pulses.drop(1, 7)
    pulses.drop(1, 77)
    pulses.drop(3, 7)
    assert set(pulses.of(1, "a")) == {8}
    pulses.drop(2, 9)
    assert pulses.services() == {1}
    still.advance(KEPT_SECONDS + 1)
    pulses.sweep()
    assert pulses.services() == set()


def test_names_are_bounded(still: FakeClock) -> None:
    pulses = Pulses()
    for start in range(0, wire.limits.DECLARED + 10, 10):
        pulses.take(1, 7, told(1.0, *(f"n{start + i}" for i in range(10))))
    assert pulses.of(1, f"n{wire.limits.DECLARED - 1}")
    assert not pulses.of(1, f"n{wire.limits.DECLARED + 1}")
