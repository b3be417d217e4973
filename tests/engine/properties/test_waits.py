"""How long it stays open, and the percentiles."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.engine import BreakerConfig, BreakerState, CircuitBreaker, CircuitBreakerOpenError
from recovery.engine.period import BUCKETS
from recovery.engine.snapshot import BOUNDS, percentile
from tests.engine.properties.clock import SECOND, NanoClock

TIMES = st.floats(0, 1e6)


def _reopen(breaker: CircuitBreaker) -> float:
    """Open it once more (from CLOSED, or by a probe that fails); the wait it gives."""
    if breaker.state is BreakerState.OPEN:
        breaker.probe()
    breaker.acquire().failure()
    assert breaker.state is BreakerState.OPEN
    assert breaker.retry_after is not None
    return breaker.retry_after


@given(
    timeout=TIMES,
    growth=st.floats(1, 1e3),
    longest=TIMES,
    jitter=st.floats(0, 1),
    openings=st.integers(1, 8),
)
def test_the_wait_grows_up_to_its_cap_and_spreads_by_its_jitter(
    timeout: float, growth: float, longest: float, jitter: float, openings: int
) -> None:
    """The n-th opening in a row waits timeout x growth^(n-1), capped, ± its jitter, and never longer than the cap."""
    config = BreakerConfig(
        failure_threshold=1, recovery_timeout=timeout, recovery_growth=growth, recovery_timeout_max=longest,
        recovery_jitter=jitter,
    )  # fmt: skip
    breaker = CircuitBreaker(config=config, clock=NanoClock())
    cap = max(timeout, longest)
    for opening in range(openings):
        wait = _reopen(breaker)
        nominal = min(cap, timeout * growth**opening)
        assert nominal * (1 - jitter) - 1e-8 <= wait <= min(cap, nominal * (1 + jitter)) + 1e-8
        if not jitter:
            assert wait == pytest.approx(nominal, abs=1e-8)
    breaker.reset()
    assert _reopen(breaker) <= timeout * (1 + jitter) + 1e-8, "a close starts growth anew"


@given(growth=st.floats(1, 1e308), timeout=st.floats(0, 1e300))
def test_no_growth_overflows(growth: float, timeout: float) -> None:
    """However often it opens, the wait is a finite number."""
    config = BreakerConfig(failure_threshold=1, recovery_timeout=timeout, recovery_growth=growth)
    breaker = CircuitBreaker(config=config, clock=NanoClock())
    for _ in range(5):
        assert math.isfinite(_reopen(breaker))


def test_a_thousand_openings_wait_no_longer_than_the_cap() -> None:
    """Growth of 2 over a thousand openings does not overflow."""
    config = BreakerConfig(failure_threshold=1, recovery_growth=2.0)
    breaker = CircuitBreaker(config=config, clock=NanoClock())
    assert [_reopen(breaker) for _ in range(1100)][-1] == config.recovery_timeout_max


@given(timeout=st.integers(1, 10**6), early=st.integers(1, 10**6))
def test_the_deadline_is_inclusive_to_the_nanosecond(timeout: int, early: int) -> None:
    """One call is let in at exactly ``recovery_timeout``, none a nanosecond before."""
    clock = NanoClock()
    breaker = CircuitBreaker(1, timeout / 1000, clock=clock)
    breaker.acquire().failure()
    clock.at += max(0, timeout * SECOND // 1000 - early)
    with pytest.raises(CircuitBreakerOpenError):
        breaker.acquire()
    clock.at = 1000 * SECOND + timeout * SECOND // 1000 - 1
    with pytest.raises(CircuitBreakerOpenError):
        breaker.acquire()
    clock.at += 1
    breaker.acquire()
    assert breaker.state is BreakerState.HALF_OPEN


@given(before=st.floats(0, 1e4), after=st.floats(0, 1e4), gone=st.floats(0, 1e4))
def test_a_new_timeout_counts_from_when_it_opened(before: float, after: float, gone: float) -> None:
    """The deadline of an OPEN breaker is worked out anew."""
    clock = NanoClock()
    breaker = CircuitBreaker(1, before, clock=clock)
    breaker.acquire().failure()
    clock.advance(gone)
    breaker.configure(BreakerConfig(failure_threshold=1, recovery_timeout=after))
    assert breaker.retry_after == pytest.approx(max(0, after - gone), abs=1e-6)


@given(opened_for=st.floats(-1e9, 1e9), timeout=st.floats(0, 1e6))
def test_a_restored_wait_is_clamped(opened_for: float, timeout: float) -> None:
    """What another process says it waited is never less than nothing nor more than the timeout."""
    breaker = CircuitBreaker(5, timeout, clock=NanoClock())
    breaker.restore(BreakerState.OPEN, opened_for)
    assert breaker.retry_after == pytest.approx(timeout - min(max(opened_for, 0), timeout), abs=1e-6)


@given(durations=st.lists(st.integers(0, 1 << 40), min_size=1, max_size=200), p=st.sampled_from([50, 95, 99]))
def test_a_percentile_lies_in_the_bucket_of_the_true_one(durations: list[int], p: int) -> None:
    """Interpolation never leaves the bucket of the call that is at that rank."""
    hist = [0] * BUCKETS
    for duration in durations:
        hist[min(duration.bit_length(), BUCKETS - 1)] += 1
    true = sorted(durations)[max(0, math.ceil(len(durations) * p / 100) - 1)]
    bucket = true.bit_length()
    found = percentile(hist, p)
    assert found is not None
    assert (BOUNDS[bucket - 1] if bucket else 0) <= found <= BOUNDS[bucket]


@given(durations=st.lists(st.integers(0, 1 << 45), max_size=40))
def test_percentiles_rise_and_every_measured_call_is_in_the_histogram(durations: list[int]) -> None:
    """p50 <= p95 <= p99, None when nothing was measured, and as many calls as there were."""
    clock = NanoClock()
    breaker = CircuitBreaker(config=BreakerConfig(slow_call_duration=1e9), clock=clock)

    @breaker
    def protected(duration: int) -> None:
        clock.at += duration

    for duration in durations:
        protected(duration)
    seen = breaker.snapshot()
    assert seen.latency is not None
    assert seen.percentiles is not None
    assert sum(seen.latency["counts"]) == len(durations) == seen.totals["successes"]
    found = [seen.percentiles[name] for name in ("p50", "p95", "p99")]
    if durations:
        assert found == sorted(found, key=lambda value: value or 0)
    else:
        assert found == [None] * 3
