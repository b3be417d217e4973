"""Permits: the right to make one call, settled once."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine import CircuitBreakerHeldError, CircuitBreakerOpenError
from tests.engine.breaker.acts import Boom, bring, fail

SETTLE = {
    "success": lambda p: p.success(),
    "failure": lambda p: p.failure(Boom("no")),
    "failure without exception": lambda p: p.failure(),
    "release": lambda p: p.release(),
}
COUNTED = {
    "success": "successes", "failure": "failures", "failure without exception": "failures", "release": "ignored"
}  # fmt: skip


@pytest.mark.parametrize("how", SETTLE)
def test_settling_counts_once(make: Any, how: Any):
    """One call, one outcome."""
    breaker = make()
    SETTLE[how](breaker.acquire())
    totals = breaker.snapshot().totals
    assert (totals["calls"], totals[COUNTED[how]]) == (1, 1)


@pytest.mark.parametrize("first", SETTLE)
@pytest.mark.parametrize("second", SETTLE)
@pytest.mark.parametrize("state", ["CLOSED", "HALF-OPEN", "METRICS-ONLY", "DISABLED"])
def test_settling_twice_does_nothing(make: Any, first: Any, second: Any, state: Any):
    """Whatever is said the second time, in every state that lets calls in."""
    breaker = bring(make(failure_threshold=100, half_open_successes=5), state)
    permit = breaker.acquire()
    SETTLE[first](permit)
    before = breaker.snapshot()
    SETTLE[second](permit)
    assert breaker.snapshot() == before


@pytest.mark.parametrize(
    ("state", "error"), [("OPEN", CircuitBreakerOpenError), ("FORCED-OPEN", CircuitBreakerHeldError)]
)
def test_a_refused_acquire_raises(make: Any, state: Any, error: Any):
    """The error of the state; counted as refused."""
    breaker = bring(make(), state)
    with pytest.raises(error) as caught:
        breaker.acquire()
    assert type(caught.value) is error
    assert breaker.snapshot().totals["refused"] == 1


def test_an_open_permit_counts_nowhere_yet(make: Any):
    """Calls are settled calls."""
    breaker = make()
    breaker.acquire()
    assert breaker.snapshot().totals["calls"] == 0


def test_many_may_be_open_at_once(make: Any):
    """In any order."""
    breaker = make()
    permits = [breaker.acquire() for _ in range(5)]
    for permit in reversed(permits):
        permit.success()
    assert breaker.snapshot().totals["successes"] == 5


def test_without_a_duration_it_is_measured_since_acquire(make: Any, clock: Any):
    """Where durations are measured."""
    breaker = make(slow_call_duration=2)
    permit = breaker.acquire()
    clock.advance(2)
    permit.success()
    assert breaker.snapshot().totals["slow"] == 1


def test_a_duration_given_goes_before(make: Any, clock: Any):
    """0 too."""
    breaker = make(slow_call_duration=2)
    permit = breaker.acquire()
    clock.advance(5)
    permit.success(duration=0)
    breaker.acquire().success(duration=2)
    assert breaker.snapshot().totals["slow"] == 1


@pytest.mark.parametrize("duration", [-1, float("nan"), float("inf"), "1", True])
def test_an_impossible_duration_is_refused(make: Any, duration: Any):
    """A ValueError; the permit is still to be settled."""
    breaker = make()
    permit = breaker.acquire()
    with pytest.raises(ValueError, match="duration"):
        permit.success(duration)
    permit.success()
    assert breaker.snapshot().totals["successes"] == 1


def test_a_failure_is_judged_by_the_rules(make: Any):
    """Ignored stays neutral, ``success`` is success."""
    breaker = make(ignore=KeyError, success=IndexError)
    for exc in (KeyError(), IndexError(), Boom()):
        breaker.acquire().failure(exc)
    totals = breaker.snapshot().totals
    assert (totals["ignored"], totals["successes"], totals["failures"]) == (1, 1, 1)


@pytest.mark.parametrize("thing", ["timed out", Boom])
def test_a_failure_that_is_no_exception_is_refused(make: Any, thing: Any):
    """A text, a class: as neutral it would never open anything. The permit is still to be settled."""
    breaker = make()
    permit = breaker.acquire()
    with pytest.raises(TypeError, match="takes the exception object"):
        permit.failure(thing)
    permit.failure()
    assert breaker.failures == 1


def test_a_permit_dropped_without_settling_leaves_nothing_behind(make: Any):
    """Closed, it was no call."""
    breaker = make()
    for _ in range(10):
        breaker.acquire()
    fail(breaker, 1)
    assert breaker.snapshot().totals["calls"] == 1
