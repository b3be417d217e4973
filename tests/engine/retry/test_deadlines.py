"""max_elapsed is never slept past; attempt_timeout cuts one attempt off."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from recovery.engine.retry import ErrorRecoveryManager, ExponentialBackoffStrategy, retry
from recovery.engine.types import RetryConfig
from recovery.testing import FakeClock
from tests.engine.retry.helpers import CONTEXT, NO_WAIT, Reporter, failing

CONFIG = RetryConfig(max_attempts=9, base_delay=1.0, jitter=False)


@pytest.mark.parametrize(
    ("deadline", "waits"), [(3.0, [1.0, 2.0]), (2.9, [1.0]), (0.5, []), (1000, [1, 2, 4, 8, 16, 32, 64, 128])]
)
async def test_no_sleep_ends_after_the_deadline(deadline: float, waits: list[float]) -> None:
    for asynchronous in (False, True):
        clock, flaky = FakeClock(50.0), failing(99)
        function = retry(config=CONFIG, max_elapsed=deadline, clock=clock)(
            flaky.coroutine() if asynchronous else flaky.function()
        )
        with pytest.raises(ConnectionError):
            await function() if asynchronous else function()
        assert clock.slept == waits
        assert flaky.calls == len(waits) + 1


def test_the_time_of_the_attempts_counts() -> None:
    clock, calls = FakeClock(), 0

    @retry(config=CONFIG, max_elapsed=10.0, clock=clock)
    def slow() -> None:
        nonlocal calls
        calls += 1
        clock.advance(6.0)
        raise ConnectionError

    with pytest.raises(ConnectionError) as caught:
        slow()
    assert calls == 2
    assert "max_elapsed" in caught.value.__notes__[0]


def test_a_deadline_that_has_passed_stops_even_without_a_delay() -> None:
    clock, calls = FakeClock(), 0

    @retry(config=NO_WAIT, max_elapsed=1.0, clock=clock)
    def slow() -> None:
        nonlocal calls
        calls += 1
        clock.advance(2.0)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        slow()
    assert calls == 1


async def test_attempt_timeout_cuts_each_attempt_off_and_is_retried() -> None:
    calls = 0

    @retry(config=NO_WAIT, attempt_timeout=0.01)
    async def slow() -> str:
        nonlocal calls
        calls += 1
        if calls < 3:
            await asyncio.Event().wait()
        return "ok"

    assert await slow() == "ok"
    assert slow.retrier.operation.snapshot().by_reason == {"timeout": 2}


async def test_attempt_timeout_governs_the_manager_too() -> None:
    async def slow() -> None:
        await asyncio.Event().wait()

    executor = ErrorRecoveryManager(ExponentialBackoffStrategy(), Reporter())
    with pytest.raises(TimeoutError):
        await executor.execute_with_retry(slow, CONTEXT, NO_WAIT.replace(attempt_timeout=0.01))


def plain() -> None: ...


def stream() -> Any:
    yield


@pytest.mark.parametrize("function", [plain, stream])
def test_attempt_timeout_on_plain_code_is_refused(function: Any) -> None:
    with pytest.raises(TypeError, match="attempt_timeout"):
        retry(attempt_timeout=1.0)(function)
