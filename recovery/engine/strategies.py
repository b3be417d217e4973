"""The strategies of the contract: may it be tried again, and after how long?

Each says so in two plain methods, ``_allows`` and ``_delay``; the contract's coroutines ask those. The executor asks
the plain ones itself unless a subclass overrides a coroutine, so that stock strategies cost no coroutine per attempt.
"""

from __future__ import annotations

from . import backoff
from .budget import checked_budget
from .classification import classify
from .clock import checked_clock
from .contracts import RetryStrategy
from .enums import ErrorCategory, RetryReason
from .governing import governing
from .retry_config import RetryConfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .breaker import CircuitBreaker
    from .budget import RetryBudget
    from .clock import Clock
    from .operation import Operation

PERSISTENT = frozenset({RetryReason.AUTHENTICATION_FAILED, RetryReason.INVALID_REQUEST, RetryReason.NOT_FOUND})


def checked_config(config: RetryConfig | None, what: str = "config") -> RetryConfig:
    """``config``, or the default for None; anything else is a TypeError."""
    if config is None:
        return RetryConfig()
    if not isinstance(config, RetryConfig):
        raise TypeError(f"{what} must be a RetryConfig, got {type(config).__name__}")
    return config


class StockStrategy(RetryStrategy):
    """What the stock strategies share: counters, configuration, and which reasons are retried at all.

    ``config``: a :class:`RetryConfig` (None: the default); ``budget``: a :class:`RetryBudget` that pays for retries;
    ``clock``: the time by which the executor sleeps. Raises TypeError for anything else.
    """

    most_attempts: int | None = None  # fewer calls than the configuration allows, where the strategy says so
    guards = always_guards = False  # may, or does, a breaker of its own stand round each attempt?
    counts_reasons = False  # must the executor know how often each reason was retried?
    listens = False  # must it hear of successes too?

    def __init__(
        self, config: RetryConfig | None = None, *, budget: RetryBudget | None = None, clock: Clock | None = None
    ) -> None:
        self._config = checked_config(config)
        self.budget = checked_budget(budget)
        self.clock = clock if clock is None else checked_clock(clock)
        self.total_attempts = 0
        self.successful_attempts = 0
        self.failed_attempts = 0

    @property
    def config(self) -> RetryConfig:
        """The configuration that governs the present call; outside of one, the strategy's own."""
        found = governing(self)
        return found.config if found is not None else self._config

    @config.setter
    def config(self, config: RetryConfig) -> None:
        self._config = checked_config(config)

    async def should_retry(self, attempt: int, exception: BaseException, reason: RetryReason) -> bool:
        """Whether to try again after attempt number ``attempt`` (0-based): below max_attempts, if the reason allows."""
        found = governing(self)
        category = found.category if found is not None else category_of(exception, reason)
        retried = found.retried if found is not None else attempt
        return self._allows(attempt, RetryReason(reason), category, self.config, retried)

    async def get_delay(self, attempt: int, reason: RetryReason) -> float:
        """Seconds to wait after attempt number ``attempt`` (0-based), in [0, max_delay]."""
        found = governing(self)
        category = found.category if found is not None else category_of(None, reason)
        return self._delay(attempt, reason, category, self.config)

    def record_attempt(self, success: bool, reason: RetryReason | None = None) -> None:
        """Count one attempt."""
        self.total_attempts += 1
        if success:
            self.successful_attempts += 1
        else:
            self.failed_attempts += 1

    def _allows(
        self, attempt: int, reason: RetryReason, category: ErrorCategory, config: RetryConfig, retried: int
    ) -> bool:
        """``retried``: how often this call was retried because of ``reason``; its own limit may allow or deny."""
        most = config.max_attempts if self.most_attempts is None else min(self.most_attempts, config.max_attempts)
        if attempt >= most:
            return False
        limits = config.reason_limits
        if limits and reason in limits:
            return retried < limits[reason]
        return reason not in PERSISTENT and category is not ErrorCategory.PERSISTENT

    def _delay(self, attempt: int, reason: RetryReason | None, _category: ErrorCategory, config: RetryConfig) -> float:
        return backoff.exponential(attempt, reason, config)

    def budget_for(self, service_name: str | None) -> RetryBudget | None:
        """The budget that retries of this service are paid from."""
        budget: RetryBudget | None = self.budget
        return budget

    def guard(self, operation: Operation, config: RetryConfig) -> CircuitBreaker | None:
        """The breaker round this operation's attempts, if there is one."""
        return None

    def __repr__(self) -> str:
        """Class and configuration."""
        return f"{type(self).__name__}({self._config!r})"


class ExponentialBackoffStrategy(StockStrategy):
    """Waits base_delay * exponential_base**n after attempt n (0-based), spread by jitter, at most max_delay."""


class FixedDelayStrategy(StockStrategy):
    """Waits base_delay each time, spread by jitter."""

    def _delay(self, _attempt: int, reason: RetryReason | None, _category: ErrorCategory, config: RetryConfig) -> float:
        return backoff.fixed(reason, config)


class ImmediateRetryStrategy(StockStrategy):
    """Does not wait, and calls three times at most even where the configuration says more."""

    most_attempts = 3

    def _delay(self, *_: object) -> float:
        return 0.0


_USUAL = {
    **dict.fromkeys(PERSISTENT, ErrorCategory.PERSISTENT),
    RetryReason.QUALITY_NOT_AVAILABLE: ErrorCategory.PERSISTENT,
    RetryReason.DATABASE_ERROR: ErrorCategory.SYSTEM,
    RetryReason.FILESYSTEM_ERROR: ErrorCategory.SYSTEM,
    RetryReason.RESOURCE_EXHAUSTED: ErrorCategory.SYSTEM,
    RetryReason.UNKNOWN: ErrorCategory.UNKNOWN,
}


def category_of(exception: BaseException | None, reason: RetryReason) -> ErrorCategory:
    """The exception's category; where it was given another reason than its own, that reason's usual one."""
    if exception is not None:
        found = classify(exception)
        if found.reason == reason:
            return found.category
    return _USUAL.get(reason, ErrorCategory.TRANSIENT)
