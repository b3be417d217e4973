"""Breakers inside breakers, and retries inside breakers."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine import CircuitBreaker, CircuitBreakerOpenError, circuit_breaker, retry
from tests.engine.breaker.acts import EVERY_DOOR, Boom, Guarded, bring


@EVERY_DOOR
def test_an_outer_breaker_ignores_the_refusal_of_an_inner_one(make: Any, door: Any):
    """Neutral: nothing was tried."""
    inner, outer = bring(make(), "FORCED-OPEN"), make(failure_threshold=1)
    guarded = Guarded(outer, door)
    with pytest.raises(CircuitBreakerOpenError) as caught:
        inner.acquire()
    with pytest.raises(CircuitBreakerOpenError):
        guarded(caught.value)
    assert outer.state == "CLOSED"
    assert outer.snapshot().totals["ignored"] == 1


def test_unless_it_is_recorded_by_name(make: Any):
    """``record`` may name it."""
    inner = bring(make(), "FORCED-OPEN")
    outer = make(failure_threshold=1, record=(CircuitBreakerOpenError, ValueError))
    with pytest.raises(CircuitBreakerOpenError):
        outer.call(inner.call, lambda: 1)
    assert outer.state == "OPEN"


def test_a_refused_probe_of_the_outer_one_is_given_back(make: Any):
    """Half-open outside, open inside."""
    inner, outer = bring(make(), "FORCED-OPEN"), bring(make(), "HALF-OPEN")
    with pytest.raises(CircuitBreakerOpenError):
        outer.call(inner.call, lambda: 1)
    assert (outer.state, outer.snapshot().half_open["in_flight"]) == ("HALF-OPEN", 0)


def test_a_failure_counts_in_both(make: Any):
    """It went through both."""
    inner, outer = make(), make()
    with pytest.raises(Boom):
        outer.call(inner.call, boom)
    assert (inner.failures, outer.failures) == (1, 1)


def test_a_breaker_within_itself_counts_both_calls(make: Any):
    """Reentrant: no lock is held while the function runs."""
    breaker = make()
    assert breaker.call(breaker.call, lambda: 7) == 7
    assert breaker.snapshot().totals["successes"] == 2


def boom():
    """Fail."""
    raise Boom


class TestOverRetry:
    """``@circuit_breaker`` over ``@retry``."""

    @pytest.mark.parametrize(("record_attempts", "failures"), [(False, 1), (True, 3)])
    def test_one_failure_per_exhausted_call_or_one_per_attempt(self, record_attempts: Any, failures: Any):
        """As asked."""

        @circuit_breaker(record_attempts=record_attempts)
        @retry(max_attempts=3, base_delay=0)
        def fetch():
            raise ConnectionError

        with pytest.raises(ConnectionError):
            fetch()
        totals = fetch.breaker.snapshot().totals
        assert (totals["calls"], totals["failures"], fetch.breaker.failures) == (failures, failures, failures)

    @pytest.mark.parametrize(("record_attempts", "failures"), [(False, 0), (True, 2)])
    async def test_attempts_before_a_success(self, record_attempts: Any, failures: Any):
        """One success, and the attempts that failed where they are recorded."""
        attempts = []

        @circuit_breaker(record_attempts=record_attempts)
        @retry(max_attempts=3, base_delay=0)
        async def fetch():
            attempts.append(1)
            if len(attempts) < 3:
                raise ConnectionError

        await fetch()
        totals = fetch.breaker.snapshot().totals
        assert (totals["successes"], totals["failures"], fetch.breaker.failures) == (1, failures, 0)

    def test_the_retry_stops_when_its_attempts_open_the_breaker(self):
        """It goes on only while the period lasts in which it was let in."""
        attempts = []

        @circuit_breaker(failure_threshold=2, record_attempts=True)
        @retry(max_attempts=5, base_delay=0)
        def fetch():
            attempts.append(1)
            raise ConnectionError("no")

        with pytest.raises(ConnectionError, match="no"):
            fetch()
        assert len(attempts) == 2
        assert fetch.breaker.state == "OPEN"

    @pytest.mark.parametrize("door", ["call", "decorated"])
    def test_a_retry_function_handed_over_is_the_same(self, door: Any):
        """Not only when stacked as decorators."""
        breaker = CircuitBreaker(record_attempts=True)

        @retry(max_attempts=2, base_delay=0)
        def fetch():
            raise ConnectionError

        with pytest.raises(ConnectionError):
            breaker.call(fetch) if door == "call" else breaker(fetch)()
        assert breaker.failures == 2
