"""What a retry would do while every attempt fails, decided by its own plan without a call, a wait or a log line.

``rehearse`` goes through the plan three times: with the jitter at its low end, in its middle and at its high end.
Attempts take no time in it, so ``max_elapsed`` is held against the waits alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

from . import backoff
from .enums import ErrorSeverity, RetryReason
from .plan import Plan
from .record import Record
from .retry_config import RetryConfig
from .rule import Classification
from .strategies import PERSISTENT, ExponentialBackoffStrategy, FixedDelayStrategy, ImmediateRetryStrategy, category_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .enums import ErrorCategory
    from .run import Run

MOST = 1_000  # attempts that are gone through
STRATEGIES = ("exponential", "fixed", "immediate")
NEVER_RETRIED = PERSISTENT


class Course(Record):
    """The waits (s) of one call that never succeeds, and why it ends; ``cut``: it would go on behind them."""

    waits: tuple[float, ...]
    why: str
    cut: bool


class Rehearsal(Record):
    """The shortest, the middle and the longest course; the middle of ``"full"`` jitter is half the wait."""

    low: Course
    middle: Course
    high: Course


def rehearse(
    config: RetryConfig, reason: RetryReason = RetryReason.TIMEOUT, strategy: str = "exponential", most: int = MOST
) -> Rehearsal:
    """What ``config`` would do while every attempt fails for ``reason``, at most ``most`` attempts of it."""
    if strategy not in STRATEGIES:
        raise ValueError(f"strategy must be one of {', '.join(STRATEGIES)}, got {strategy!r}")
    low, middle, high = (_course(config, RetryReason(reason), strategy, most, share) for share in (0.0, 0.5, 1.0))
    return Rehearsal(low=low, middle=middle, high=high)


def _course(config: RetryConfig, reason: RetryReason, strategy: str, most: int, share: float) -> Course:
    plan = _Dry(config, reason, strategy, share)
    run = plan.begin()
    run.error = _Failure()
    while run.made < most:
        delay = plan.decide(run)
        if delay is None:
            return Course(waits=run.delays, why=run.why, cut=False)
        plan.clock.at += delay
    return Course(waits=run.delays[:-1], why="", cut=True)


class _Failure(Exception):
    """What every attempt raises here."""


class _Clock:
    """Moves by the waits alone."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


class _Nobody:
    """Stands for the operation: in no registry, and what is counted on it is not kept."""

    __slots__ = ("config", "inner", "name", "refused", "service_name", "troubled")

    def __init__(self, config: RetryConfig) -> None:
        self.config = config
        self.name, self.service_name = "a rehearsal", None
        self.inner = self.refused = self.troubled = 0


class _Dry(Plan):
    """The plan with its dice laid down: it decides as ever, and tells nobody."""

    __slots__ = (
        "budget", "by_reason", "clock", "found", "guarded", "most", "on", "operation", "record", "strategy",
    )  # fmt: skip

    def __init__(self, config: RetryConfig, reason: RetryReason, strategy: str, share: float) -> None:
        self.operation: Any = _Nobody(config)
        self.strategy = _steady(strategy, share)
        self.clock: Any = _Clock()
        self.budget = self.on = self.record = None
        self.most = self.strategy.most_attempts
        self.by_reason = self.guarded = False
        self.found = Classification(
            category=category_of(None, reason), reason=reason, severity=ErrorSeverity.LOW, rule="rehearsal"
        )

    def count(self, run: Run, exc: Exception) -> Classification:
        """One failed attempt, of the kind that is rehearsed."""
        run.carried += 1
        run.made += 1
        run.last = exc
        return self.found

    def settle(
        self, run: Run, _exc: Exception | None, found: Classification | None, delay: float | None
    ) -> float | None:
        """The decision is made; nobody hears of it."""
        if delay is None:
            return None
        run.delays += (delay,)
        if run.reasons is not None and found is not None:
            run.reasons += (found.reason,)
        run.attempt += 1
        return delay


def _steady(strategy: str, share: float) -> Any:
    """The stock strategy of that name, whose jitter always falls on ``share`` of its range."""
    if strategy == "immediate":
        return ImmediateRetryStrategy()
    made: Any = _Exponential() if strategy == "exponential" else _Fixed()
    made.at = lambda: share
    return made


class _Exponential(ExponentialBackoffStrategy):
    at: Callable[[], float]

    def _delay(self, attempt: int, reason: RetryReason | None, _: ErrorCategory, config: RetryConfig) -> float:
        return backoff.exponential(attempt, reason, config, at=self.at)


class _Fixed(FixedDelayStrategy):
    at: Callable[[], float]

    def _delay(self, _attempt: int, reason: RetryReason | None, _: ErrorCategory, config: RetryConfig) -> float:
        return backoff.fixed(reason, config, at=self.at)
