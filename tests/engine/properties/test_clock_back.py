"""A clock that steps back never raises and never extends a wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.engine import BreakerConfig, BreakerState, CircuitBreaker, CircuitBreakerOpenError
from tests.engine.properties.clock import SECOND, NanoClock


def _refusal(breaker: CircuitBreaker) -> CircuitBreakerOpenError:
    with pytest.raises(CircuitBreakerOpenError) as caught:
        breaker.acquire()
    return caught.value


def _opened(clock: NanoClock, timeout: float = 60) -> CircuitBreaker:
    breaker = CircuitBreaker(1, timeout, clock=clock)
    breaker.acquire().failure()
    return breaker


@given(step=st.integers(0, 1 << 50))
def test_a_measured_call_survives_any_step_back(step: int) -> None:
    """A call during which the clock steps back is counted, as one that took no time."""
    clock = NanoClock()
    breaker = CircuitBreaker(config=BreakerConfig(slow_call_duration=1.0, window="time"), clock=clock)

    @breaker
    def stepping() -> None:
        clock.at -= step

    stepping()
    snapshot = breaker.snapshot()
    assert snapshot.totals["successes"] == 1
    assert snapshot.latency is not None
    assert sum(snapshot.latency["counts"]) == 1


@given(seen=st.integers(0, 59), step=st.integers(1, 10_000))
def test_a_wait_goes_on_from_what_was_seen(seen: int, step: int) -> None:
    """What was left of an open wait when a call last saw the clock is the most that is left after a step back."""
    clock = NanoClock()
    breaker = _opened(clock)
    clock.advance(seen)
    assert _refusal(breaker).retry_after == 60 - seen
    clock.advance(-step)
    assert breaker.retry_after == 60 - seen
    _refusal(breaker)
    clock.advance(60 - seen)
    breaker.acquire()
    assert breaker.state is BreakerState.HALF_OPEN


@pytest.mark.parametrize("verb", ["trip", "disable", "observe"])
def test_a_hold_ends_in_time(verb: str) -> None:
    """A step back does not make an operator's hold longer, whichever it is."""
    clock = NanoClock()
    breaker = CircuitBreaker(clock=clock)
    getattr(breaker, verb)(60)
    clock.advance(30)
    breaker.tick()
    clock.advance(-1000)
    breaker.tick()
    clock.advance(30)
    breaker.tick()
    assert breaker.snapshot().hold is None


def test_a_hanging_probe_is_reclaimed_in_time() -> None:
    """A step back does not let a probe hang any longer."""
    clock = NanoClock()
    breaker = _opened(clock)
    breaker.probe()
    breaker.acquire()
    clock.advance(50)
    breaker.tick()
    clock.advance(-1000)
    breaker.tick()
    clock.advance(10)
    breaker.tick()
    assert breaker.state is BreakerState.OPEN
    assert breaker.snapshot().cause == "probe timed out"


def test_a_refusal_keeps_its_own_wait() -> None:
    """``retry_after`` of a refusal is seen from that refusal, whatever came after it."""
    clock = NanoClock()
    breaker = _opened(clock)
    first = _refusal(breaker)
    clock.advance(30)
    second = _refusal(breaker)
    breaker.reset()
    assert (first.retry_after, second.retry_after) == (60, 30)


def test_a_refusal_elsewhere_is_no_step_back() -> None:
    """A caller that read the clock, and was then overtaken by a refusal with a later time, leaves the wait as it is."""
    clock = NanoClock()
    breaker = _opened(clock)

    @breaker
    def protected() -> None:
        pass

    def overtake() -> None:
        clock.advance(20)
        with pytest.raises(CircuitBreakerOpenError):
            protected()

    clock.meanwhile = overtake
    _refusal(breaker)
    assert breaker.retry_after == 40
    assert breaker._period.deadline == 1060 * SECOND
