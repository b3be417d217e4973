"""ErrorRecoveryManager: what it takes, what it checks, what it shows."""

from __future__ import annotations

import asyncio
import functools
from datetime import UTC
from typing import Any
from unittest.mock import AsyncMock

import pytest

from recovery.engine import registry
from recovery.engine.manager import MOST_OPERATIONS, OTHERS
from recovery.engine.retry import ErrorRecoveryManager, ExponentialBackoff, ExponentialBackoffStrategy
from recovery.engine.types import ErrorContext
from tests.engine.retry.helpers import CONTEXT, NO_WAIT, Flaky, Handler, OwnStrategy, Reporter, failing


def executor(strategy: Any = None) -> ErrorRecoveryManager:
    return ErrorRecoveryManager(strategy or ExponentialBackoffStrategy(NO_WAIT), Reporter())


async def test_plain_and_coroutine_functions_with_their_own_arguments() -> None:
    async def asynchronous(a: int, *, key: int) -> tuple[int, int]:
        return a, key

    def plain(a: int, *, key: int) -> tuple[int, int]:
        return a, key

    gives_a_coroutine = functools.partial(asynchronous)
    for function in (plain, asynchronous, gives_a_coroutine):
        assert await executor().execute_with_retry(function, CONTEXT, None, 1, key=2) == (1, 2)


async def test_plain_functions_are_retried() -> None:
    assert await executor().execute_with_retry(failing(2).function(), CONTEXT) == "ok"


async def test_an_own_strategy_from_the_contract_alone() -> None:
    strategy = OwnStrategy()
    assert await executor(strategy).execute_with_retry(failing(2).coroutine(), CONTEXT) == "ok"
    assert (strategy.total_attempts, strategy.successful_attempts, strategy.failed_attempts) == (3, 1, 2)


async def test_a_strategy_that_says_no_or_raises_stops() -> None:
    class Broken(OwnStrategy):
        async def should_retry(self, *_: Any) -> bool:
            raise ZeroDivisionError

    for strategy in (OwnStrategy(says=False), Broken()):
        flaky = failing(9)
        with pytest.raises(ConnectionError):
            await executor(strategy).execute_with_retry(flaky.coroutine(), CONTEXT)
        assert flaky.calls == 1


async def test_mocks_pass() -> None:
    strategy, reporter, handler = AsyncMock(), AsyncMock(), AsyncMock()
    strategy.should_retry.return_value = True
    strategy.get_delay.return_value = 0.0
    handler.handle_error.return_value = False
    manager = ErrorRecoveryManager(strategy, reporter, handler)
    assert await manager.execute_with_retry(failing(2).coroutine(), CONTEXT) == "ok"
    assert reporter.report_error.await_count == handler.handle_error.await_count == 2


async def test_a_subclass_may_override_one_coroutine_and_ask_its_parent() -> None:
    class Odd(ExponentialBackoffStrategy):
        async def get_delay(self, attempt: int, reason: Any) -> float:
            return await super().get_delay(attempt, reason) * 0

    assert await executor(Odd(NO_WAIT.replace(base_delay=100.0))).execute_with_retry(failing(2).coroutine(), CONTEXT)


class PlainDef(OwnStrategy):
    def should_retry(self, *_: Any) -> bool:  # type: ignore[override]
        return True


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ((object(), Reporter()), "should_retry"),
        ((PlainDef(), Reporter()), "plain def"),
        ((OwnStrategy(), object()), "report_error"),
        ((OwnStrategy(), Reporter(), object()), "handle_error"),
        ((OwnStrategy(), Handler()), "report_error"),
    ],
)
def test_what_is_handed_over_is_checked(parts: tuple[Any, ...], named: str) -> None:
    with pytest.raises(TypeError, match=named):
        ErrorRecoveryManager(*parts)


@pytest.mark.parametrize("context", [None, "op", {"operation_name": "op"}])
async def test_a_wrong_context_is_refused(context: Any) -> None:
    with pytest.raises(TypeError, match="ErrorContext"):
        await executor().execute_with_retry(failing(0).coroutine(), context)


async def test_what_cannot_be_called_is_refused() -> None:
    async def coroutine() -> None: ...

    made = coroutine()
    with pytest.raises(TypeError, match="callable"):
        await executor().execute_with_retry(made, CONTEXT)  # type: ignore[arg-type]
    made.close()
    with pytest.raises(TypeError, match="callable"):
        await ExponentialBackoff().execute(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("keywords", "named"),
    [
        ({"max_retries": 0}, "ExponentialBackoff: max_retries must be .* >= 1, got 0"),
        ({"base_delay": "1"}, "base_delay"),
    ],
)
def test_exponential_backoff_refuses_bad_numbers(keywords: dict[str, Any], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        ExponentialBackoff(**keywords)


async def test_active_recoveries_are_shown_while_they_run() -> None:
    manager, seen = executor(), []
    flaky = failing(1)

    async def download() -> Any:
        seen.append(manager.get_active_recoveries())
        await asyncio.sleep(0)
        return flaky.next()

    await manager.execute_with_retry(download, CONTEXT)
    shown = [next(iter(each.values())) for each in seen]
    assert [each["attempts"] for each in shown] == [1, 2]
    assert (shown[0]["function"], shown[0]["context"]) == ("download", CONTEXT)
    assert shown[0]["started_at"].tzinfo is UTC
    assert seen[0].keys() == seen[1].keys()
    assert manager.get_active_recoveries() == {}


async def test_they_end_with_a_failure_too() -> None:
    manager = executor()
    with pytest.raises(ConnectionError):
        await manager.execute_with_retry(failing(9).coroutine(), CONTEXT)
    assert manager.get_active_recoveries() == {}


async def test_two_at_once_have_two_numbers() -> None:
    manager, gate = executor(), asyncio.Event()
    tasks = [asyncio.ensure_future(manager.execute_with_retry(gate.wait, CONTEXT)) for _ in range(2)]
    await asyncio.sleep(0)
    assert len(manager.get_active_recoveries()) == 2
    gate.set()
    await asyncio.gather(*tasks)


async def test_operations_are_named_by_their_contexts() -> None:
    manager = executor()
    for name in ("manager.a", "manager.b", "manager.a"):
        await manager.execute_with_retry(failing(1).coroutine(), ErrorContext(name))
    found = {op.name: op.snapshot().attempts for op in registry.operations() if op.name.startswith("manager.")}
    assert found == {"manager.a": 4, "manager.b": 2}


async def test_names_without_end_are_counted_together() -> None:
    manager = executor()
    for number in range(MOST_OPERATIONS + 20):
        await manager.execute_with_retry(Flaky().coroutine(), ErrorContext(f"user {number}"))
    made = manager._retriers._made
    assert len(made) == MOST_OPERATIONS + 1
    assert made[None, OTHERS].operation.snapshot().attempts == 20
