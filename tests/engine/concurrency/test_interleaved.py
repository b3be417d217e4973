"""Interleavings that threads meet once in a million calls, made to happen every time."""

from __future__ import annotations

import gc
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

import pytest

from recovery.engine import BreakerConfig, BreakerState, CircuitBreaker
from tests.engine.concurrency.calls import failing, fine, swallow
from tests.engine.properties.clock import NanoClock


class Tape(deque[Any]):
    """An outcome tape that lets something happen right after a failure was written on it."""

    meanwhile: Callable[[], object] | None = None

    def append(self, entry: Any) -> None:
        super().append(entry)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()


def _taped(**fields: Any) -> tuple[CircuitBreaker, Callable[[], Any], Tape]:
    breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=None, **fields))
    protected = breaker(failing)
    swallow(protected)  # the first of its class takes the long way
    breaker._tape = tape = Tape(breaker._tape or (), maxlen=512)
    return breaker, protected, tape


def test_failures_that_overtake_each_other_leave_the_window_in_order() -> None:
    """A failure that is noted after a later one still leaves the window at its own turn."""
    breaker, protected, tape = _taped(failure_rate=100, window_size=3, minimum_calls=3)
    succeed = breaker(fine)
    succeed()
    tape.meanwhile = lambda: swallow(protected)  # calls 3 and 4: the fourth is noted first
    swallow(protected)
    assert breaker.snapshot().window["failures"] == 2
    succeed()
    succeed()
    assert breaker.snapshot().window["failures"] == 1
    succeed()
    assert breaker.snapshot().window["failures"] == 0


def test_a_failure_counted_just_before_the_period_ended_is_in_the_kept_window() -> None:
    """A hold that keeps the window keeps the failure that was counted a moment ago, under its own number."""
    breaker, protected, tape = _taped(failure_rate=100, window_size=10)
    tape.meanwhile = breaker.observe
    swallow(protected)
    window = breaker.snapshot().window
    assert (window["calls"], window["failures"]) == (2, 2)
    seen = []
    for _ in range(10):
        breaker(fine)()
        seen.append(breaker.snapshot().window["failures"])
    assert seen == [2] * 8 + [1, 0]


def test_a_failure_during_a_new_configuration_is_in_the_window_once() -> None:
    """A rate that is switched on between counting and noting a failure finds it once, not twice."""
    breaker, protected, tape = _taped(window_size=10)
    tape.meanwhile = lambda: breaker.configure(breaker.config.replace(failure_rate=100.0))
    swallow(protected)
    assert breaker.snapshot().window["failures"] == 2


def test_a_refusal_by_a_period_that_just_ended_asks_again() -> None:
    """A call that was about to be refused when the breaker was reset is let in, and counted."""
    clock = NanoClock()
    breaker = CircuitBreaker(1, clock=clock)
    protected = breaker(fine)
    swallow(breaker(failing))
    clock.meanwhile = breaker.reset
    assert protected() == "fine"
    assert breaker.snapshot().totals["refused"] == 0
    assert breaker.snapshot().totals["successes"] == 1


@pytest.mark.parametrize("verb", ["reset", "observe", "trip"])
def test_no_success_is_lost_when_the_garbage_collector_runs_inside_a_transition(verb: str) -> None:
    """Calls made by finalisers while a period ends are counted in it or in the next one."""
    breaker = CircuitBreaker()
    protected = breaker(fine)
    made = 0
    inside = False

    def collecting(_phase: str, _info: dict[str, int]) -> None:
        nonlocal made, inside
        frame = sys._getframe(1)
        if inside or frame.f_code.co_name != "_become" or breaker.state is BreakerState.FORCED_OPEN:
            return
        inside = True
        protected()
        made += 1
        inside = False

    threshold = gc.get_threshold()
    gc.callbacks.append(collecting)
    gc.set_threshold(1)
    try:
        for _ in range(50):
            getattr(breaker, verb)()
            breaker.reset()
    finally:
        gc.callbacks.remove(collecting)
        gc.set_threshold(*threshold)
    assert made > 0
    assert breaker.snapshot().totals["successes"] == made


def test_operators_may_release_at_once() -> None:
    """Of two releases at the same time, one has nothing left to do, and says nothing."""
    clock = NanoClock()
    breaker = CircuitBreaker(clock=clock)
    breaker.trip()
    clock.meanwhile = breaker.release
    breaker.release()
    assert breaker.state is BreakerState.OPEN
