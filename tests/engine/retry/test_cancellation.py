"""Cancellation and the ends of processes are never retried, reported or counted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from recovery.engine.retry import ErrorRecoveryManager, ExponentialBackoffStrategy, RetryBudget, retry
from recovery.engine.types import RetryConfig
from recovery.testing import FakeClock
from tests.engine.retry.helpers import CONTEXT, NO_WAIT, Flaky, Reporter

NEUTRAL = [asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit]


@pytest.mark.parametrize("neutral", NEUTRAL)
@pytest.mark.parametrize("keywords", [{}, {"strategy": "auto"}, {"max_elapsed": 9.0}])
def test_never_retried_reported_or_counted(neutral: type[BaseException], keywords: dict[str, Any]) -> None:
    flaky, reporter = Flaky(neutral()), Reporter()
    function = retry(base_delay=0, reporter=reporter, on=BaseException, **keywords)(flaky.function())
    with pytest.raises(neutral):
        function()
    figures = function.retrier.operation.snapshot()
    assert (flaky.calls, reporter.told, figures.attempts, figures.gave_up) == (1, [], 0, 0)


async def test_a_cancelled_attempt_after_a_failure_counts_only_the_failure() -> None:
    flaky, reporter = Flaky(ConnectionError(), asyncio.CancelledError()), Reporter()
    function = retry(config=NO_WAIT, reporter=reporter)(flaky.coroutine())
    with pytest.raises(asyncio.CancelledError):
        await function()
    figures = function.retrier.operation.snapshot()
    assert (figures.attempts, figures.retries, len(reporter.told)) == (1, 0, 1)


class Stuck(FakeClock):
    """Sleeps until it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep_now = asyncio.Event()

    async def asleep(self, seconds: float) -> None:
        self.asleep_now.set()
        await asyncio.Event().wait()

    def sleep(self, seconds: float) -> None:
        raise KeyboardInterrupt


async def test_a_cancelled_sleep_gives_its_budget_back() -> None:
    clock = Stuck()
    budget = RetryBudget(ratio=0, reserve=1, clock=FakeClock())
    executor = ErrorRecoveryManager(ExponentialBackoffStrategy(), Reporter(), clock=clock, budget=budget)
    task = asyncio.ensure_future(executor.execute_with_retry(Flaky(ConnectionError()).coroutine(), CONTEXT))
    await clock.asleep_now.wait()
    assert budget.balance == 9.0
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert budget.balance == 10.0
    assert executor.get_active_recoveries() == {}


async def test_an_interrupted_sleep_gives_its_budget_back_in_plain_code() -> None:
    budget = RetryBudget(ratio=0, reserve=1, clock=FakeClock())
    with pytest.raises(KeyboardInterrupt):
        retry(config=RetryConfig(), budget=budget, clock=Stuck())(Flaky(ConnectionError()).function())()
    assert budget.balance == 10.0


async def test_a_cancellation_from_outside_is_no_attempt_timeout() -> None:
    begun = asyncio.Event()

    @retry(attempt_timeout=60.0, base_delay=0)
    async def slow() -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.ensure_future(slow())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert slow.retrier.operation.snapshot().attempts == 0


async def test_an_outer_timeout_stays_the_outer_ones() -> None:
    calls = 0

    @retry(attempt_timeout=60.0, base_delay=0)
    async def slow() -> None:
        nonlocal calls
        calls += 1
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await slow()
    assert calls == 1
