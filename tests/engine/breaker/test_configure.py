"""Another configuration, in force at once, in the same state."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine import BreakerConfig, BreakerState
from tests.engine.breaker.acts import bring, fail, ok, timed


@pytest.mark.parametrize("state", list(BreakerState))
def test_the_state_stays(make: Any, state: BreakerState):
    """From any; no transition, no event."""
    breaker = bring(make(), state)
    sequence = breaker.snapshot().sequence
    breaker.configure(BreakerConfig(failure_threshold=7))
    assert breaker.state == state
    assert breaker.snapshot().sequence == sequence
    assert breaker.config.failure_threshold == 7
    assert breaker.snapshot().config_source == "code"


@pytest.mark.parametrize(("timeout", "left"), [(100, 80), (30, 10), (20, 0), (5, 0), (0, 0)])
def test_an_open_ones_deadline_is_counted_anew_from_when_it_opened(make: Any, clock: Any, timeout: Any, left: Any):
    """20 s have gone already."""
    breaker = make(failure_threshold=1)
    fail(breaker)
    clock.advance(20)
    breaker.configure(BreakerConfig(failure_threshold=1, recovery_timeout=timeout))
    assert breaker.retry_after == left


def test_growth_applies_to_the_present_opening(make: Any, clock: Any):
    """The second in a row waits as the new growth says."""
    breaker = make(failure_threshold=1, recovery_timeout=10)
    fail(breaker)
    clock.advance(10)
    fail(breaker)
    breaker.configure(BreakerConfig(recovery_timeout=10, recovery_growth=3))
    assert breaker.retry_after == 30


def test_the_streak_and_the_window_are_kept(make: Any):
    """Judged by the new threshold at the next failure, not before."""
    breaker = make(failure_threshold=10)
    fail(breaker, 4)
    breaker.configure(BreakerConfig(failure_threshold=3))
    assert (breaker.state, breaker.failures) == ("CLOSED", 4)
    assert breaker.snapshot().window["failures"] == 4
    fail(breaker)
    assert breaker.state == "OPEN"


@pytest.mark.parametrize("change", [{"window": "time"}, {"window_size": 50}, {"window": "time", "window_size": 60}])
def test_a_window_whose_kind_or_size_changed_starts_empty(make: Any, change: Any):
    """The streak stays."""
    breaker = make(failure_threshold=10)
    ok(breaker, 3)
    fail(breaker, 4)
    breaker.configure(BreakerConfig(failure_threshold=10, **change))
    window = breaker.snapshot().window
    assert (window["calls"], window["failures"], breaker.failures) == (0, 0, 4)
    fail(breaker, 2)
    ok(breaker)
    window = breaker.snapshot().window
    assert (window["calls"], window["failures"]) == (3, 2)


@pytest.mark.parametrize("rate", [None, 100])
def test_a_window_that_stays_is_kept_when_rates_come_or_go(make: Any, rate: Any):
    """What is judged changes, not what happened."""
    breaker = make(failure_threshold=None, failure_rate=100 if rate is None else None, minimum_calls=50)
    ok(breaker, 2)
    fail(breaker, 5)
    breaker.configure(BreakerConfig(failure_threshold=None, failure_rate=rate, minimum_calls=50))
    fail(breaker, 2)
    window = breaker.snapshot().window
    assert (window["calls"], window["failures"]) == (9, 7)


def test_a_rate_that_is_judged_from_now_on_opens(make: Any):
    """With the failures from before."""
    breaker = make(failure_threshold=None)
    fail(breaker, 20)
    breaker.configure(BreakerConfig(failure_threshold=None, failure_rate=50))
    fail(breaker)
    assert breaker.state == "OPEN"


def test_slow_calls_are_measured_from_now_on(make: Any, clock: Any):
    """Also by functions decorated before."""
    breaker = make()
    work = breaker(lambda: clock.advance(2))
    work()
    breaker.configure(BreakerConfig(slow_call_duration=1))
    work()
    snapshot = breaker.snapshot()
    assert snapshot.totals["slow"] == 1
    assert sum(snapshot.latency["counts"]) == 1
    breaker.configure(BreakerConfig())
    timed(breaker, clock, 5)
    assert breaker.snapshot().totals["slow"] == 1
    assert breaker.snapshot().latency is None


def test_half_open_permits_change_at_once(make: Any):
    """The next probe may come in."""
    breaker = bring(make(), "HALF-OPEN")
    breaker.acquire()
    breaker.configure(BreakerConfig(half_open_permits=2))
    breaker.acquire()
    assert breaker.snapshot().half_open["in_flight"] == 2


def test_a_held_ones_end_stays(make: Any, clock: Any):
    """It is the operator's."""
    breaker = make()
    breaker.trip(duration=30)
    breaker.configure(BreakerConfig(recovery_timeout=1))
    assert breaker.retry_after == 30


@pytest.mark.parametrize("given", [None, {}, {"failure_threshold": 3}, 5])
def test_only_a_breaker_config_is_taken(make: Any, given: Any):
    """A TypeError; the old one stays."""
    breaker = make(failure_threshold=2)
    with pytest.raises(TypeError, match="BreakerConfig"):
        breaker.configure(given)
    assert breaker.config.failure_threshold == 2
