"""The two strategies that put a circuit breaker of their own round each attempt of an operation."""

from __future__ import annotations

from . import backoff
from .breaker import CircuitBreaker
from .breaker_config import BreakerConfig
from .classification import classify
from .enums import BreakerState, ErrorCategory
from .errors import CircuitBreakerOpenError
from .fork_safe import give_lock
from .strategies import StockStrategy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType

    from .budget import RetryBudget
    from .clock import Clock
    from .enums import RetryReason
    from .operation import Operation
    from .permit import Permit
    from .retry_config import RetryConfig

MOST_BREAKERS = 1024  # operation names may come from contexts: past this they share one breaker per service
OTHERS = "(other operations)"
_REFUSING = (BreakerState.OPEN, BreakerState.FORCED_OPEN)


class _Guarding(StockStrategy):
    """One breaker per (service_name, operation_name), named by its operation, with the configuration's two numbers."""

    guards = True
    _lock: LockType

    def __init__(
        self, config: RetryConfig | None = None, *, budget: RetryBudget | None = None, clock: Clock | None = None
    ) -> None:
        super().__init__(config, budget=budget, clock=clock)
        give_lock(self)
        self._breakers: dict[tuple[str | None, str], tuple[CircuitBreaker, int, float]] = {}

    def breaker(self, operation_name: str, service_name: str | None = None) -> CircuitBreaker | None:
        """The breaker of one operation, once there is one."""
        found = self._breakers.get((service_name, operation_name))
        return found[0] if found is not None else None

    def _made(self, operation: Operation, config: RetryConfig) -> CircuitBreaker:
        key = (operation.service_name, operation.name)
        threshold, timeout = config.failure_threshold, config.recovery_timeout
        found = self._breakers.get(key)
        if found is None or found[1:] != (threshold, timeout):
            with self._lock:
                found = self._make_needs_lock(key, threshold, timeout)
        return found[0]

    def _make_needs_lock(
        self, key: tuple[str | None, str], threshold: int, timeout: float
    ) -> tuple[CircuitBreaker, int, float]:
        if key not in self._breakers and len(self._breakers) >= MOST_BREAKERS:
            key = (None, OTHERS)
        found = self._breakers.get(key)
        config = BreakerConfig(failure_threshold=threshold, recovery_timeout=timeout)
        if found is None:
            breaker = CircuitBreaker(name=key[1], service_name=key[0], config=config, clock=self.clock)
        elif found[1:] == (threshold, timeout):
            return found
        else:  # an explicit configuration governs the whole call, its breaker included
            breaker = found[0]
            breaker.configure(config)
        made = self._breakers[key] = (breaker, threshold, timeout)
        return made

    def _refusal(self, operation: Operation, config: RetryConfig) -> str | None:
        """What the breaker would tell the next attempt if it came now; None where it would let it in."""
        breaker = self.guard(operation, config)
        if breaker is None:
            return None
        period, at = breaker._period, breaker._ns()
        if period.state.kind not in _REFUSING or period.state.wait(period, at) == 0.0:
            return None
        return f"refused, {period.error(period, at)}"

    def failed(self, operation: Operation, config: RetryConfig, permit: Permit | None, exception: Exception) -> None:
        """Tell the breaker of a failed attempt; a PERSISTENT one proves that the service answers, and tells nothing."""
        raise NotImplementedError


class CircuitBreakerStrategy(_Guarding):
    """Exponential behind a breaker per operation: ``failure_threshold`` failed attempts in a row open it.

    While it is open, executions raise CircuitBreakerOpenError without a call, for ``recovery_timeout`` seconds.
    """

    always_guards = True

    def guard(self, operation: Operation, config: RetryConfig) -> CircuitBreaker | None:
        """The operation's breaker."""
        return self._made(operation, config)

    def failed(self, operation: Operation, config: RetryConfig, permit: Permit | None, exception: Exception) -> None:
        """Settle the attempt's permit."""
        permit = permit or _acquired(self._made(operation, config))
        if permit is None:
            return
        if classify(exception).category is ErrorCategory.PERSISTENT:
            permit.release()
        else:
            permit.failure(exception)


class AutoStrategy(_Guarding):
    """``"auto"``: by the error's category.

    TRANSIENT: one retry at once, then exponential. PERSISTENT: none. SYSTEM: exponential, behind a breaker that only
    SYSTEM errors count for. UNKNOWN: one retry at most. ``reason_limits`` may say more, or less.
    """

    counts_reasons = True

    def guard(self, operation: Operation, config: RetryConfig) -> CircuitBreaker | None:
        """The operation's breaker, once a SYSTEM error has made it necessary."""
        if (operation.service_name, operation.name) not in self._breakers:
            return None
        return self._made(operation, config)

    def failed(self, operation: Operation, config: RetryConfig, permit: Permit | None, exception: Exception) -> None:
        """Settle the attempt's permit; the first SYSTEM error makes the breaker."""
        system = classify(exception).category is ErrorCategory.SYSTEM
        if permit is None and system:
            permit = _acquired(self._made(operation, config))
            operation.must_be_whole()
        if permit is not None:
            permit.failure(exception) if system else permit.release()

    def _allows(
        self, attempt: int, reason: RetryReason, category: ErrorCategory, config: RetryConfig, retried: int
    ) -> bool:
        if reason in config.reason_limits:
            return super()._allows(attempt, reason, category, config, retried)
        most = {ErrorCategory.PERSISTENT: 0, ErrorCategory.UNKNOWN: 1}.get(category, config.max_attempts)
        return retried < most and attempt < config.max_attempts

    def _delay(self, attempt: int, reason: RetryReason | None, category: ErrorCategory, config: RetryConfig) -> float:
        if category is ErrorCategory.TRANSIENT and attempt == 0:
            return 0.0
        return backoff.exponential(attempt, reason, config)


def _acquired(breaker: CircuitBreaker) -> Permit | None:
    try:
        return breaker.acquire()
    except CircuitBreakerOpenError:  # other calls have opened it since this one began
        return None
