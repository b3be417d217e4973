"""Replaying recorded outcomes decides exactly what a real breaker decides."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from recovery.engine import BreakerConfig, CircuitBreaker, CircuitBreakerOpenError
from recovery.engine.replay import Replay
from recovery.testing import FakeClock

SECOND = 10**9
CONFIGS = {
    "streak": BreakerConfig(failure_threshold=3, recovery_timeout=5),
    "growth": BreakerConfig(failure_threshold=2, recovery_timeout=2, recovery_growth=2, recovery_timeout_max=20),
    "rate": BreakerConfig(failure_threshold=None, failure_rate=40, window_size=20, recovery_timeout=5),
    "time": BreakerConfig(failure_threshold=None, failure_rate=40, window="time", window_size=30, recovery_timeout=5),
    "slow": BreakerConfig(slow_call_rate=50, slow_call_duration=1, window_size=20, recovery_timeout=5),
    "successes": BreakerConfig(failure_threshold=3, half_open_successes=3, recovery_timeout=5),
}


def story(seed: Any) -> Any:
    """(seconds since the last one, kind, how many)."""
    draw = random.Random(seed)
    return [
        (draw.choice([0, 0, 0.1, 1, 3]), draw.choice(["ok", "ok", "slow", "failure", "failure"]), draw.randint(1, 4))
        for _ in range(400)
    ]


def really(config: Any, told: Any) -> Any:
    """A breaker that lives through it."""
    clock = FakeClock()
    breaker = CircuitBreaker(config=config, clock=clock)
    for wait, kind, many in told:
        clock.advance(wait)
        for _ in range(1 if kind == "failure" else many):
            try:
                permit = breaker.acquire()
            except CircuitBreakerOpenError:
                continue
            duration = config.slow_call_duration or 0.0 if kind == "slow" else 0.0
            permit.failure(duration=0.0) if kind == "failure" else permit.success(duration)
    return breaker


def replayed(config: Any, told: Any) -> Any:
    """The same, told to a replay."""
    clock = FakeClock()
    replay = Replay(config, at=clock.monotonic_ns())
    for wait, kind, many in told:
        clock.advance(wait)
        if kind == "failure":
            replay.failure(clock.monotonic_ns())
        else:
            replay.successes(many, clock.monotonic_ns(), slow=kind == "slow")
    return replay


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("seed", range(5))
def test_it_equals_a_real_breaker_fed_the_same(config: Any, seed: Any):
    """State, transitions, totals, window, streak."""
    one, two = really(config, story(seed)), replayed(config, story(seed))
    real, fed = one.snapshot(), two.snapshot()
    assert two.state == one.state
    assert [(t.after, t.cause) for t in fed.transitions] == [(t.after, t.cause) for t in real.transitions]
    assert fed.totals == real.totals
    assert (fed.window, fed.consecutive_failures, fed.retry_after) == (
        real.window, real.consecutive_failures, real.retry_after,
    )  # fmt: skip
    assert two.refused == real.totals["refused"]


def test_a_million_successes_cost_no_more_than_one():
    """O(1) while it is closed."""
    replay = Replay(BreakerConfig())
    begun = time.perf_counter()
    assert replay.successes(10**12, SECOND) == 10**12
    assert time.perf_counter() - begun < 0.5
    assert replay.snapshot().totals["successes"] == 10**12


def test_it_says_how_many_were_let_in():
    """None while open; all once a probe went well."""
    replay = Replay(BreakerConfig(failure_threshold=1, recovery_timeout=5))
    assert replay.failure(SECOND) is True
    assert replay.failure(2 * SECOND) is False
    assert replay.successes(10, 3 * SECOND) == 0
    assert replay.refused == 11
    assert replay.successes(10, 6 * SECOND) == 10
    assert replay.state == "CLOSED"


def test_it_is_silent(caplog: pytest.LogCaptureFixture):
    """What would have happened is no news."""
    replay = Replay(BreakerConfig(failure_threshold=1))
    replay.failure(SECOND)
    assert replay.state == "OPEN"
    assert caplog.records == []
