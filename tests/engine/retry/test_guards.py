"""CircuitBreakerStrategy and "auto": breakers of their own, one per operation."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine import CircuitBreakerOpenError, registry
from recovery.engine.guards import MOST_BREAKERS
from recovery.engine.retry import CircuitBreakerStrategy, ErrorRecoveryManager, retry
from recovery.engine.types import ErrorContext, RetryConfig, RetryReason
from recovery.testing import FakeClock
from tests.engine.retry.helpers import CONTEXT, NO_WAIT, Flaky, Reporter, failing

CONFIG = RetryConfig(max_attempts=5, base_delay=0.0, failure_threshold=3, recovery_timeout=60.0)


def executor(strategy: CircuitBreakerStrategy) -> ErrorRecoveryManager:
    return ErrorRecoveryManager(strategy, Reporter())


async def test_three_calls_then_the_original_error_then_refusals_without_a_call() -> None:
    clock, flaky = FakeClock(), failing(99)
    strategy = CircuitBreakerStrategy(CONFIG, clock=clock)
    with pytest.raises(ConnectionError, match="no 2"):
        await executor(strategy).execute_with_retry(flaky.coroutine(), CONTEXT)
    assert flaky.calls == 3
    for wait in (0.0, 59.9):
        clock.advance(wait)
        with pytest.raises(CircuitBreakerOpenError):
            await executor(strategy).execute_with_retry(flaky.coroutine(), CONTEXT)
    assert flaky.calls == 3
    clock.advance(0.2)
    with pytest.raises(ConnectionError, match="no 3"):
        await executor(strategy).execute_with_retry(flaky.coroutine(), CONTEXT)
    assert flaky.calls == 4


@pytest.mark.parametrize("recovery_timeout", [60.0, 3.0])
async def test_the_failure_that_opens_it_is_the_last_attempt(recovery_timeout: float) -> None:
    clock, flaky, reporter = FakeClock(), failing(99), Reporter()
    config = RetryConfig(max_attempts=5, jitter=False, failure_threshold=3, recovery_timeout=recovery_timeout)
    manager = ErrorRecoveryManager(CircuitBreakerStrategy(config, clock=clock), reporter)
    with pytest.raises(ConnectionError, match="no 2") as raised:
        await manager.execute_with_retry(flaky.coroutine(), CONTEXT)
    assert (flaky.calls, clock.slept) == (3, [1.0, 2.0])  # nobody waits to be refused
    assert [severity.value for _, severity, _ in reporter.told] == ["low", "medium", "high"]
    assert "is open" in raised.value.__notes__[0]
    clock.advance(recovery_timeout - 0.001)
    with pytest.raises(CircuitBreakerOpenError):
        await manager.execute_with_retry(flaky.coroutine(), CONTEXT)
    clock.advance(0.001)
    with pytest.raises(ConnectionError, match="no 3"):
        await manager.execute_with_retry(flaky.coroutine(), CONTEXT)
    assert flaky.calls == 4


async def test_an_own_breaker_that_does_not_wait_is_no_reason_to_stop() -> None:
    strategy, flaky = CircuitBreakerStrategy(CONFIG.replace(failure_threshold=1, recovery_timeout=0.0)), failing(2)
    assert await executor(strategy).execute_with_retry(flaky.coroutine(), CONTEXT) == "ok"
    assert flaky.calls == 3


async def test_success_of_one_operation_never_resets_anothers_count() -> None:
    strategy = CircuitBreakerStrategy(CONFIG.replace(max_attempts=1))
    one, other = ErrorContext("one"), ErrorContext("other")
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await executor(strategy).execute_with_retry(failing(1).coroutine(), one)
        await executor(strategy).execute_with_retry(failing(0).coroutine(), other)
        await executor(strategy).execute_with_retry(failing(0).coroutine(), ErrorContext("one", service_name="b"))
    assert [strategy.breaker("one").failures, strategy.breaker("other").failures] == [2, 0]  # type: ignore[union-attr]


async def test_persistent_errors_say_that_the_service_answers() -> None:
    strategy = CircuitBreakerStrategy(CONFIG)
    for _ in range(5):
        with pytest.raises(FileNotFoundError):
            await executor(strategy).execute_with_retry(Flaky(FileNotFoundError(2, "gone")).coroutine(), CONTEXT)
    breaker = strategy.breaker("op", "svc")
    assert breaker is not None
    assert (breaker.state, breaker.failures) == ("CLOSED", 0)


async def test_its_breakers_are_named_by_their_operations_and_seen() -> None:
    strategy = CircuitBreakerStrategy(CONFIG)
    await executor(strategy).execute_with_retry(failing(0).coroutine(), ErrorContext("seen.op", service_name="svc"))
    found = [breaker for breaker in registry.breakers() if breaker.name == "seen.op"]
    assert [(breaker.service_name, breaker.snapshot().totals["calls"]) for breaker in found] == [("svc", 1)]


def test_names_without_end_share_breakers() -> None:
    strategy = CircuitBreakerStrategy(CONFIG)
    for number in range(MOST_BREAKERS + 50):
        strategy._make_needs_lock((None, f"user {number}"), 3, 60.0)
    assert len(strategy._breakers) == MOST_BREAKERS + 1


def test_a_cancelled_attempt_gives_the_permit_back() -> None:
    strategy = CircuitBreakerStrategy(CONFIG)
    function = retry(strategy=strategy, name="permit")(Flaky(KeyboardInterrupt()).function())
    with pytest.raises(KeyboardInterrupt):
        function()
    assert strategy.breaker("permit").snapshot().totals["failures"] == 0  # type: ignore[union-attr]
    assert function() == "ok"


# -- auto ------------------------------------------------------------------------------------------------------------


def auto(flaky: Flaky, clock: FakeClock | None = None, **fields: Any) -> Any:
    given = {"max_attempts": 4, "base_delay": 1.0, "jitter": False} | fields
    return retry(strategy="auto", clock=clock or FakeClock(), name="auto.op", **given)(flaky.function())


def test_transient_once_at_once_then_exponential() -> None:
    clock = FakeClock()
    assert auto(failing(3), clock)() == "ok"
    assert clock.slept == [2.0, 4.0]


@pytest.mark.parametrize(
    ("error", "calls"),
    [(ConnectionError, 4), (lambda _: FileNotFoundError(2, "x"), 1), (MemoryError, 4), (RuntimeError, 2)],
    ids=["transient", "persistent", "system", "unknown"],
)
def test_by_category(error: Any, calls: int) -> None:
    flaky = failing(99, error)
    with pytest.raises((ConnectionError, OSError, MemoryError, RuntimeError)):
        auto(flaky)()
    assert flaky.calls == calls


def test_reason_limits_may_say_more_for_unknown() -> None:
    flaky = failing(99, RuntimeError)
    with pytest.raises(RuntimeError):
        auto(flaky, reason_limits={RetryReason.UNKNOWN: 3})()
    assert flaky.calls == 4


def test_system_waits_from_the_first_and_stands_behind_a_breaker() -> None:
    clock, flaky = FakeClock(), failing(99, MemoryError)
    function = auto(flaky, clock, failure_threshold=3)
    with pytest.raises(MemoryError):
        function()
    assert (flaky.calls, clock.slept) == (3, [1.0, 2.0])
    with pytest.raises(CircuitBreakerOpenError):
        function()
    clock.advance(60.0)
    flaky.outcomes.clear()
    assert function() == "ok"
    assert function.retrier.strategy.breaker("auto.op").state == "CLOSED"


def test_other_errors_neither_open_that_breaker_nor_need_it() -> None:
    flaky = failing(99)
    function = auto(flaky, failure_threshold=1)
    for _ in range(3):
        with pytest.raises(ConnectionError):
            function()
    assert function.retrier.strategy.breaker("auto.op") is None
    assert not function.retrier.operation.whole


async def test_asked_directly_it_goes_by_the_reasons_usual_category() -> None:
    strategy = auto(failing(0)).retrier.strategy
    assert await strategy.get_delay(0, RetryReason.TIMEOUT) == 0.0
    assert await strategy.get_delay(0, RetryReason.DATABASE_ERROR) == 1.0
    answers = [await strategy.should_retry(n, RuntimeError(), RetryReason.UNKNOWN) for n in range(3)]
    assert answers == [True, False, False]
    assert not await strategy.should_retry(0, Exception(), RetryReason.NOT_FOUND)


async def test_coroutines_are_guarded_too() -> None:
    flaky = failing(99, MemoryError)
    function = retry(strategy="auto", config=NO_WAIT, failure_threshold=2, name="auto.async")(flaky.coroutine())
    with pytest.raises(MemoryError):
        await function()
    assert flaky.calls == 2
    with pytest.raises(CircuitBreakerOpenError):
        await function()
