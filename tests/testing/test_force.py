"""force(breaker, state): by legal transitions, from anywhere to anywhere."""

from __future__ import annotations

from itertools import product

import pytest

from recovery.engine import BreakerState, CircuitBreaker, CircuitBreakerOpenError
from recovery.testing import FakeClock, drain, force


@pytest.mark.parametrize(("before", "after"), list(product(BreakerState, BreakerState)))
def test_from_any_state_to_any_state(before: BreakerState, after: BreakerState) -> None:
    breaker = CircuitBreaker(clock=FakeClock())
    force(breaker, before)
    assert breaker.state is before
    force(breaker, after)
    assert breaker.state is after


def test_words_do() -> None:
    breaker = CircuitBreaker()
    force(breaker, "half_open")
    assert breaker.state == "HALF-OPEN"


def test_open_refuses_and_waits_its_time() -> None:
    clock = FakeClock()
    breaker = CircuitBreaker(reset_timeout=30, clock=clock)
    force(breaker, "OPEN")
    with pytest.raises(CircuitBreakerOpenError):
        breaker.call(lambda: 1)
    clock.advance(30)
    assert breaker.call(lambda: 1) == 1


def test_half_open_lets_its_probe_in() -> None:
    breaker = CircuitBreaker(clock=FakeClock())
    force(breaker, "HALF-OPEN")
    assert breaker.call(lambda: 1) == 1
    assert breaker.state == "CLOSED"


def test_no_such_state() -> None:
    with pytest.raises(ValueError, match="AJAR"):
        force(CircuitBreaker(), "AJAR")


def test_drain_waits_for_listeners() -> None:
    breaker, heard = CircuitBreaker(), []
    breaker.on_event(heard.append)
    force(breaker, "OPEN")
    assert drain()
    assert [event.after for event in heard] == ["OPEN"]
