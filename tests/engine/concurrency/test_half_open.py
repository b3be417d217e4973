"""Half-open and open breakers in a crowd."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from recovery.engine import BreakerConfig, BreakerState, CircuitBreaker, CircuitBreakerOpenError, Permit
from tests.engine.concurrency.calls import failing, fine, hasty, swallow, together
from tests.engine.properties.clock import NanoClock


def _opened(config: BreakerConfig, clock: NanoClock | None = None) -> CircuitBreaker:
    breaker = CircuitBreaker(config=config, clock=clock)
    breaker.restore(BreakerState.OPEN)
    return breaker


@pytest.mark.parametrize("permits", [1, 2, 5])
def test_a_crowd_gets_no_more_probes_than_there_are_permits(permits: int) -> None:
    """Sixteen threads ask at once: exactly ``half_open_permits`` are let in, the others are refused without a wait."""
    for _ in range(20):
        clock = NanoClock()
        breaker = _opened(BreakerConfig(half_open_permits=permits, half_open_successes=permits), clock)
        clock.advance(60)
        held: list[Permit] = []

        def ask(breaker: CircuitBreaker = breaker, held: list[Permit] = held) -> float | None:
            try:
                held.append(breaker.acquire())
            except CircuitBreakerOpenError as refusal:
                return refusal.retry_after
            return -1.0

        with hasty():
            answers = together(*[ask] * 16)
        assert answers.count(-1.0) == permits == len(held)
        assert answers.count(None) == 16 - permits
        assert breaker.snapshot().half_open["in_flight"] == permits
        together(*[permit.success for permit in held])
        assert breaker.state is BreakerState.CLOSED


def test_probes_in_flight_never_exceed_the_permits() -> None:
    """Counted inside the protected function, over many openings, while threads call without pause."""
    breaker = _opened(BreakerConfig(recovery_timeout=0.0, half_open_permits=2, half_open_successes=1_000_000))
    inside, most, ran = 0, 0, 0
    counting = threading.Lock()

    @breaker
    def probe() -> None:
        nonlocal inside, most, ran
        with counting:
            inside += 1
            most = max(most, inside)
            ran += 1
        fine()
        with counting:
            inside -= 1

    def call() -> int:
        return sum(swallow(probe, CircuitBreakerOpenError) for _ in range(2_000))

    with hasty():
        refused = sum(together(*[call] * 8))
    assert most <= 2
    assert ran + refused == 16_000 == breaker.snapshot().totals["calls"]
    assert breaker.snapshot().half_open["in_flight"] == 0


def test_the_first_failure_of_a_crowd_of_probes_opens_once() -> None:
    """Two of three probes that fail at the same time: one transition, the other result is late and counts nowhere."""
    for _ in range(20):
        clock = NanoClock()
        breaker = _opened(BreakerConfig(half_open_permits=3), clock)
        clock.advance(60)
        held = [breaker.acquire() for _ in range(3)]
        with hasty():
            together(*[lambda permit=permit: permit.failure(ValueError()) for permit in held])
        seen = breaker.snapshot()
        assert (seen.state, seen.sequence, seen.totals["failures"]) == (BreakerState.OPEN, 3, 1)


def test_hammering_an_open_breaker_leaves_its_wait_alone() -> None:
    """With the machine's own clock, refused from many threads, the deadline stays where it was to the nanosecond."""
    breaker = _opened(BreakerConfig(recovery_timeout=3600.0))
    protected = breaker(fine)
    period = breaker._period
    deadline = period.deadline
    before = time.monotonic()

    def hammer() -> int:
        return sum(swallow(protected, CircuitBreakerOpenError) for _ in range(5_000))

    def by_permit() -> int:
        return sum(swallow(breaker.acquire, CircuitBreakerOpenError) for _ in range(5_000))

    with hasty():
        refused = sum(together(*[hammer, by_permit] * 4))
    left = breaker.retry_after
    assert refused == 40_000 == breaker.snapshot().totals["refused"]
    assert breaker._period is period
    assert period.deadline == deadline
    assert left is not None
    assert 3600 - (time.monotonic() - before) - 0.1 <= left <= 3600


def test_the_deadline_lets_one_of_a_crowd_in_and_none_before() -> None:
    """A nanosecond before the end all are refused, at the end one probes."""
    for _ in range(20):
        clock = NanoClock()
        breaker = _opened(BreakerConfig(), clock)
        protected = breaker(failing)
        clock.advance(60)
        clock.at -= 1
        with hasty():
            assert all(together(*[partial(swallow, protected, CircuitBreakerOpenError)] * 8))
            assert breaker.state is BreakerState.OPEN
            clock.at += 1
            assert sum(together(*[partial(swallow, breaker.acquire, CircuitBreakerOpenError)] * 8)) == 7
