"""Counters are exact, whatever runs at once."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

import pytest

from recovery.engine import registry
from recovery.engine.retry import ErrorRecoveryManager, ExponentialBackoffStrategy, retry
from recovery.engine.types import ErrorContext, RetryConfig
from recovery.testing import FakeClock
from tests.engine.retry.helpers import NO_WAIT, Flaky, Reporter, failing


def hammer(function: Any, threads: int, times: int) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        workers = [threading.Thread(target=lambda: [function() for _ in range(times)]) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sys.setswitchinterval(interval)


@pytest.mark.slow
@pytest.mark.parametrize("keywords", [{}, {"strategy": ExponentialBackoffStrategy(NO_WAIT)}, {"max_elapsed": 1e9}])
def test_eight_threads(keywords: dict[str, Any]) -> None:
    threads, times = 8, 4000
    local = threading.local()

    @retry(max_attempts=3, base_delay=0, **keywords)
    def flaky() -> None:
        local.n = getattr(local, "n", -1) + 1
        if local.n % 4 < 2:  # fails, fails, works, works: one call in two needs three attempts
            raise ConnectionError if local.n % 4 else TimeoutError

    hammer(flaky, threads, times)
    figures = flaky.retrier.operation.snapshot()
    calls = threads * times
    assert figures.attempts == calls * 2
    assert (figures.retries, figures.successes_after_retry, figures.gave_up) == (calls, calls // 2, 0)
    assert figures.by_reason == {"timeout": calls // 2, "network_error": calls // 2}
    if "strategy" in keywords:
        strategy = keywords["strategy"]
        assert (strategy.total_attempts, strategy.successful_attempts) == (calls * 2, calls)


async def test_a_thousand_tasks() -> None:
    strategy = ExponentialBackoffStrategy(NO_WAIT)
    executor = ErrorRecoveryManager(strategy, Reporter())

    async def one(number: int) -> None:
        flaky = failing(number % 4)

        async def call() -> Any:
            await asyncio.sleep(0)
            return flaky.next()

        try:
            await executor.execute_with_retry(call, ErrorContext("many"))
        except ConnectionError:
            assert flaky.calls == 3
        else:
            assert flaky.calls == number % 4 + 1

    await asyncio.gather(*(one(number) for number in range(1000)))
    assert (strategy.total_attempts, strategy.successful_attempts, strategy.failed_attempts) == (2250, 750, 1500)


def test_delays_are_summed_and_figures_are_plain_data() -> None:
    config = RetryConfig(max_attempts=3, base_delay=1.0, jitter=False)
    function = retry(config=config, clock=FakeClock(), name="figures", service_name="svc")(failing(2).function())
    function()
    assert function.retrier.operation.snapshot().as_dict() == {
        "operation": "figures",
        "service_name": "svc",
        "attempts": 3,
        "retries": 2,
        "successes_after_retry": 1,
        "gave_up": 0,
        "delay_seconds_total": 3.0,
        "by_reason": {"network_error": 2},
        "amplification": 0.0,
        "budget": None,
    }


def test_the_registry_knows_operations_while_they_live() -> None:
    def names() -> list[str]:
        return [operation.name for operation in registry.operations() if operation.name == "living"]

    function = retry(name="living")(lambda: 1)
    assert names() == ["living"]
    del function
    assert names() == []


def test_a_refused_value_counts_as_a_failed_attempt() -> None:
    function = retry(config=NO_WAIT, retry_result=lambda value: value is None)(Flaky(None, None).function())
    assert function() == "ok"
    figures = function.retrier.operation.snapshot()
    assert (figures.attempts, figures.retries, figures.successes_after_retry, figures.by_reason) == (3, 2, 1, {})
