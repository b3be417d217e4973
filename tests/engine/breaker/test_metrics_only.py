"""METRICS-ONLY announces that it would have opened, once per crossing."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.testing import drain
from tests.engine.breaker.acts import EVERY_DOOR, Boom, Guarded, fail, ok, timed


@pytest.fixture
def observed(make: Any) -> Any:
    """An observed breaker and what it tells."""

    def made(**values: Any) -> Any:
        breaker, told = make(**values), []
        breaker.observe()
        breaker.on_event(lambda event: told.append((event.kind, event.after.value)))
        return breaker, told

    return made


@EVERY_DOOR
def test_a_streak_is_announced_when_it_reaches_the_threshold(observed: Any, door: Any):
    """Not before, and not again while it lasts."""
    breaker, told = observed(failure_threshold=3)
    guarded = Guarded(breaker, door)
    for count in range(1, 7):
        with pytest.raises(Boom):
            guarded(Boom())
        drain()
        assert len(told) == (count >= 3)
    assert told == [("would_open", "OPEN")]


def test_a_new_streak_is_a_new_crossing(observed: Any):
    """After a success."""
    breaker, told = observed(failure_threshold=2)
    for _ in range(3):
        fail(breaker, 4)
        ok(breaker)
    drain()
    assert len(told) == 3


def test_a_rate_is_announced_once_until_it_falls_below(observed: Any):
    """Then again."""
    breaker, told = observed(failure_threshold=None, failure_rate=50, window_size=4, minimum_calls=4)
    fail(breaker, 6)
    drain()
    assert len(told) == 1
    ok(breaker, 4)
    fail(breaker, 4)
    drain()
    assert len(told) == 2


def test_slow_calls_are_announced(observed: Any, clock: Any):
    """A slow success may cross."""
    breaker, told = observed(slow_call_rate=100, slow_call_duration=1, minimum_calls=2)
    for _ in range(4):
        timed(breaker, clock, 1)
    drain()
    assert told == [("would_open", "OPEN")]


def test_it_is_no_transition(observed: Any):
    """State, sequence and the ring stay; nobody is refused."""
    breaker, _ = observed(failure_threshold=1)
    before = breaker.snapshot()
    fail(breaker, 5)
    after = breaker.snapshot()
    assert (after.state, after.sequence, after.transitions) == (before.state, before.sequence, before.transitions)


def test_the_event_carries_cause_and_evidence(make: Any):
    """As an opening would."""
    breaker, told = make(failure_threshold=2, name="billing"), []
    breaker.observe()
    breaker.on_event(told.append)
    fail(breaker, 2, ValueError("bad"))
    drain()
    (event,) = told
    assert (event.kind, event.breaker, event.before, event.after) == ("would_open", "billing", "METRICS-ONLY", "OPEN")
    assert event.cause == "2 failures in a row"
    assert event.evidence["last_failure"] == "ValueError: bad"
    assert event.sequence == 1


def test_a_streak_from_before_goes_on(make: Any):
    """observe keeps the window: two and one are three."""
    breaker, told = make(failure_threshold=3), []
    fail(breaker, 2)
    breaker.observe()
    breaker.on_event(told.append)
    fail(breaker)
    drain()
    assert len(told) == 1


def test_a_hold_with_an_end_announces_too(make: Any):
    """The slower way in counts the same."""
    breaker, told = make(failure_threshold=2), []
    breaker.observe(duration=100)
    breaker.on_event(told.append)
    fail(breaker, 5)
    drain()
    assert len(told) == 1
