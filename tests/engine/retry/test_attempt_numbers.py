"""Attempts are numbered from 0 in code; strategies hear the number of the attempt that just failed."""

from __future__ import annotations

import pytest

from recovery.engine.retry import (
    ExponentialBackoff,
    ExponentialBackoffStrategy,
    FixedDelayStrategy,
    ImmediateRetryStrategy,
    retry,
)
from recovery.engine.types import RetryConfig, RetryReason
from recovery.testing import FakeClock
from tests.engine.retry.helpers import Flaky, OwnStrategy, failing

CONFIG = RetryConfig(max_attempts=4, base_delay=1.0, jitter=False)
TIMEOUT = RetryReason.TIMEOUT


def test_a_strategy_hears_the_number_of_the_attempt_that_failed() -> None:
    strategy = OwnStrategy(config=CONFIG)
    retry(strategy=strategy)(failing(3).function())()
    assert strategy.asked == [(what, n) for n in range(3) for what in ("again", "delay")]


async def test_the_delay_after_attempt_n_is_base_times_factor_to_the_n() -> None:
    clock = FakeClock()
    await_me = retry(config=CONFIG, clock=clock)(failing(3).coroutine())
    assert await await_me() == "ok"
    assert clock.slept == [1.0, 2.0, 4.0]


def test_a_fixed_strategy_waits_the_same_each_time() -> None:
    clock = FakeClock()
    retry(strategy="fixed", config=CONFIG, clock=clock)(failing(3).function())()
    assert clock.slept == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_max_attempts_counts_calls_in_all(attempts: int) -> None:
    flaky = failing(9)
    with pytest.raises(ConnectionError):
        retry(max_attempts=attempts, base_delay=0)(flaky.function())()
    assert flaky.calls == attempts


async def test_max_retries_counts_calls_in_all() -> None:
    flaky, clock = failing(9), FakeClock()
    with pytest.raises(ConnectionError):
        await ExponentialBackoff(max_retries=4, base_delay=0.5, clock=clock).execute(flaky.coroutine())
    assert (flaky.calls, len(clock.slept)) == (4, 3)


async def test_exponential_backoff_passes_arguments_and_takes_plain_functions() -> None:
    def plain(a: int, *, b: int) -> tuple[int, int]:
        return a, b

    assert await ExponentialBackoff().execute(plain, 1, b=2) == (1, 2)


@pytest.mark.parametrize(("configured", "calls"), [(2, 2), (3, 3), (9, 3)])
def test_immediate_calls_three_times_at_most(configured: int, calls: int) -> None:
    flaky, clock = failing(20), FakeClock()
    with pytest.raises(ConnectionError):
        retry(strategy="immediate", max_attempts=configured, clock=clock)(flaky.function())()
    assert (flaky.calls, clock.slept) == (calls, [])


@pytest.mark.parametrize(
    "strategy", [ExponentialBackoffStrategy(CONFIG), FixedDelayStrategy(CONFIG), ImmediateRetryStrategy(CONFIG)]
)
async def test_should_retry_answers_below_max_attempts(strategy: ExponentialBackoffStrategy) -> None:
    most = min(4, strategy.most_attempts or 4)
    answers = [await strategy.should_retry(n, TimeoutError(), TIMEOUT) for n in range(6)]
    assert answers == [n < most for n in range(6)]


async def test_the_executor_alone_bounds_the_calls() -> None:
    flaky = failing(50)
    with pytest.raises(ConnectionError):
        await retry(strategy=OwnStrategy(config=CONFIG, says=True))(flaky.coroutine())()
    assert flaky.calls == 4


@pytest.mark.parametrize(("answered", "waited"), [(-5.0, []), (1e9, [300.0] * 2), (float("nan"), []), ("what", [])])
def test_whatever_a_strategy_answers_is_clamped(answered: float, waited: list[float]) -> None:
    clock = FakeClock()
    strategy = OwnStrategy([answered] * 2, config=RetryConfig())
    retry(strategy=strategy, clock=clock)(failing(2).function())()
    assert clock.slept == waited


@pytest.mark.parametrize("reason", ["authentication_failed", "invalid_request", "not_found"])
async def test_persistent_reasons_are_not_retried(reason: str) -> None:
    assert not await ExponentialBackoffStrategy(CONFIG).should_retry(0, Exception(), RetryReason(reason))


async def test_reason_limits_allow_and_deny() -> None:
    config = CONFIG.replace(reason_limits={"not_found": 2, "timeout": 0})
    strategy = ExponentialBackoffStrategy(config)
    missing = [await strategy.should_retry(n, Exception(), RetryReason.NOT_FOUND) for n in range(3)]
    assert missing == [True, True, False]
    assert not await strategy.should_retry(0, TimeoutError(), TIMEOUT)


def test_a_limit_counts_retries_for_its_own_reason() -> None:
    flaky = Flaky(ConnectionError(), TimeoutError(), ConnectionError(), TimeoutError(), ConnectionError())
    with pytest.raises(TimeoutError):
        retry(max_attempts=9, base_delay=0, reason_limits={RetryReason.TIMEOUT: 1})(flaky.function())()
    assert flaky.calls == 4


def test_unknown_errors_are_retried_to_the_end() -> None:
    flaky = failing(9, RuntimeError)
    with pytest.raises(RuntimeError):
        retry(max_attempts=5, base_delay=0)(flaky.function())()
    assert flaky.calls == 5


def test_reason_factors_multiply_the_wait() -> None:
    clock = FakeClock()
    flaky = Flaky(TimeoutError(), ConnectionError())
    retry(config=CONFIG, reason_factors={RetryReason.TIMEOUT: 3.0}, clock=clock)(flaky.function())()
    assert clock.slept == [3.0, 2.0]
