"""Whose value wins: the console, then the explicit argument, then the strategy's, then the default."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from recovery.engine import registry
from recovery.engine.retry import (
    CircuitBreakerStrategy,
    ErrorRecoveryManager,
    ExponentialBackoffStrategy,
    FixedDelayStrategy,
    retry,
)
from recovery.engine.types import BreakerConfig, ErrorContext, RetryConfig, RetryReason
from recovery.testing import FakeClock
from tests.engine.retry.helpers import CONTEXT, Reporter, failing

OWN = RetryConfig(max_attempts=2, base_delay=5.0, jitter=False)
EXPLICIT = RetryConfig(max_attempts=4, base_delay=1.0, jitter=False)


class Curious(ExponentialBackoffStrategy):
    """Overrides both coroutines, asks its parent, and looks at its configuration."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self.seen: list[tuple[float, float]] = []

    async def should_retry(self, attempt: int, exception: BaseException, reason: RetryReason) -> bool:
        await asyncio.sleep(0)
        return await super().should_retry(attempt, exception, reason)

    async def get_delay(self, attempt: int, reason: RetryReason) -> float:
        before = self.config.base_delay
        await asyncio.sleep(0)
        self.seen.append((before, self.config.base_delay))
        return await super().get_delay(attempt, reason) + 0.25


def manager(strategy: Any, clock: FakeClock) -> ErrorRecoveryManager:
    return ErrorRecoveryManager(strategy, Reporter(), clock=clock)


async def test_without_an_argument_the_strategys_config_governs() -> None:
    clock, flaky = FakeClock(), failing(9)
    with pytest.raises(ConnectionError):
        await manager(ExponentialBackoffStrategy(OWN), clock).execute_with_retry(flaky.coroutine(), CONTEXT)
    assert (flaky.calls, clock.slept) == (2, [5.0])


@pytest.mark.parametrize("strategy", [ExponentialBackoffStrategy(OWN), Curious(OWN), FixedDelayStrategy(OWN)])
async def test_an_explicit_config_governs_the_whole_call(strategy: Any) -> None:
    clock, flaky = FakeClock(), failing(9)
    with pytest.raises(ConnectionError):
        await manager(strategy, clock).execute_with_retry(flaky.coroutine(), CONTEXT, EXPLICIT)
    assert flaky.calls == 4
    assert clock.slept[0] == (1.25 if isinstance(strategy, Curious) else 1.0)


async def test_calls_that_share_a_strategy_never_mix() -> None:
    clock, strategy = FakeClock(), Curious(OWN)
    executor = manager(strategy, clock)
    flakies = [failing(9) for _ in range(20)]
    configs = [RetryConfig(max_attempts=2 + n % 5, base_delay=1.0 + n, jitter=False) for n in range(20)]
    calls = [
        executor.execute_with_retry(flaky.coroutine(), CONTEXT, config)
        for flaky, config in zip(flakies, configs, strict=True)
    ]
    await asyncio.gather(*calls, return_exceptions=True)
    assert [flaky.calls for flaky in flakies] == [config.max_attempts for config in configs]
    assert all(before == after for before, after in strategy.seen)
    assert strategy.config is OWN


async def test_a_strategy_outside_of_a_call_reads_its_own() -> None:
    assert await Curious(OWN).get_delay(0, RetryReason.TIMEOUT) == 5.25


async def test_an_explicit_config_reaches_the_strategys_breaker() -> None:
    strategy, clock = CircuitBreakerStrategy(OWN), FakeClock()
    config = EXPLICIT.replace(failure_threshold=1, base_delay=0.0)
    flaky = failing(9)
    with pytest.raises(ConnectionError):
        await manager(strategy, clock).execute_with_retry(flaky.coroutine(), CONTEXT, config)
    breaker = strategy.breaker("op", "svc")
    assert breaker is not None
    assert (flaky.calls, breaker.config) == (1, BreakerConfig(failure_threshold=1, recovery_timeout=60.0))


@pytest.mark.parametrize("wrong", [{"max_attempts": 2}, BreakerConfig(), 0, "", [], False])
async def test_a_wrong_type_is_refused_not_ignored(wrong: Any) -> None:
    executor = manager(ExponentialBackoffStrategy(OWN), FakeClock())
    with pytest.raises(TypeError, match="RetryConfig"):
        await executor.execute_with_retry(failing(0).coroutine(), CONTEXT, wrong)
    with pytest.raises(TypeError, match="RetryConfig"):
        ExponentialBackoffStrategy(wrong)
    with pytest.raises(TypeError, match="RetryConfig"):
        retry(config=wrong)


@pytest.fixture
def override() -> Any:
    revisions = iter(range(1, 100))
    names: list[str] = []

    def put(name: str, fields: dict[str, Any] | None) -> None:
        names.append(name)
        registry.override("operation", name, fields, next(revisions))

    yield put
    for name in names:
        registry.override("operation", name, None, 100)


async def test_the_console_beats_every_value_in_code(override: Any) -> None:
    name = "which.console"
    clock, flaky = FakeClock(), failing(9)
    executor = manager(Curious(OWN), clock)
    override(name, {"max_attempts": 3, "base_delay": 2.0})
    with pytest.raises(ConnectionError):
        await executor.execute_with_retry(flaky.coroutine(), ErrorContext(name), EXPLICIT)
    assert (flaky.calls, clock.slept) == (3, [2.25, 4.25])


def test_the_console_reaches_functions_that_exist_and_that_are_born_later(override: Any) -> None:
    name = "which.later"

    def calls() -> tuple[Any, Any]:
        flaky = failing(9)
        return flaky, retry(name=name, config=OWN.replace(base_delay=0.0))(flaky.function())

    before, function = calls()
    override(name, {"max_attempts": 5})
    for flaky, wrapped in ((before, function), calls()):
        with pytest.raises(ConnectionError):
            wrapped()
        assert flaky.calls == 5
        assert wrapped.retrier.operation.revision is not None
        assert wrapped.retrier.operation.code_config.max_attempts == 2


def test_a_lifted_override_gives_the_code_its_word_back(override: Any) -> None:
    name = "which.lifted"
    function = retry(name=name, config=OWN)(lambda: 1)
    override(name, {"max_attempts": 5})
    override(name, None)
    assert function.retrier.operation.config == OWN


def test_locked_forbids_it(override: Any) -> None:
    name = "which.locked"
    function = retry(name=name, config=OWN.replace(locked=True))(lambda: 1)
    with pytest.raises(ValueError, match="locked"):
        override(name, {"max_attempts": 5})
    assert function.retrier.operation.config.max_attempts == 2


async def test_an_explicit_locked_config_is_not_overridden(override: Any) -> None:
    name = "which.explicit_locked"
    flaky = failing(9)
    executor = manager(ExponentialBackoffStrategy(OWN), FakeClock())
    override(name, {"max_attempts": 9})
    with pytest.raises(ConnectionError):
        await executor.execute_with_retry(flaky.coroutine(), ErrorContext(name), EXPLICIT.replace(locked=True))
    assert flaky.calls == 4


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"max_attempts": 0}, "max_attempts"),
        ({"tries": 2}, "tries"),
        ({"locked": True}, "locked"),
        ({"max_delay": 1.0}, "max_delay"),
    ],
)
def test_a_bad_override_is_refused_and_changes_nothing(override: Any, fields: dict[str, Any], named: str) -> None:
    name = f"which.bad.{named}"
    function = retry(name=name, config=OWN)(lambda: 1)
    with pytest.raises(ValueError, match=named):
        override(name, fields)
    assert function.retrier.operation.config is OWN


async def test_an_override_that_contradicts_an_explicit_config_still_stands(override: Any) -> None:
    name = "which.contradiction"
    clock = FakeClock()
    executor = manager(ExponentialBackoffStrategy(EXPLICIT), clock)
    override(name, {"base_delay": 50.0})
    tight = RetryConfig(max_attempts=2, base_delay=1.0, max_delay=10.0, jitter=False)
    await executor.execute_with_retry(failing(1).coroutine(), ErrorContext(name), tight)
    assert clock.slept == [50.0]


def test_a_deadline_put_by_the_console_counts_from_the_next_calls_beginning(override: Any) -> None:
    name, clock = "which.deadline", FakeClock()
    flaky = failing(9)
    function = retry(name=name, config=EXPLICIT, clock=clock)(flaky.function())
    override(name, {"max_elapsed": 2.0})
    with pytest.raises(ConnectionError):
        function()
    assert (flaky.calls, clock.slept) == (2, [1.0])
