"""What strategies, reporters and handlers must offer: subclass these, or just have the methods.

``checked_strategy``, ``checked_reporter`` and ``checked_handler`` look at an object when it is handed over, so that a
missing method, a wrong signature or a plain ``def`` shows at once, and not at the first failure in production.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    from .context import ErrorContext, ErrorReport
    from .enums import ErrorSeverity, RetryReason
    from .retry_config import RetryConfig

    T = TypeVar("T")

__all__ = ["ErrorReporter", "RetryStrategy", "ServiceErrorHandler"]


class RetryStrategy(ABC):
    """Whether and when to try again. ``attempt`` is the number, from 0, of the attempt that just failed.

    The engine passes arguments by position, so parameters may have other names.
    """

    config: RetryConfig
    total_attempts: int
    successful_attempts: int
    failed_attempts: int

    @abstractmethod
    async def should_retry(self, attempt: int, exception: BaseException, reason: RetryReason) -> bool:
        """Try again?"""

    @abstractmethod
    async def get_delay(self, attempt: int, reason: RetryReason) -> float:
        """How long to wait before the next attempt (s)."""

    @abstractmethod
    def record_attempt(self, success: bool, reason: RetryReason | None = None) -> None:
        """Count one attempt."""


class ErrorReporter(ABC):
    """Where errors are told."""

    @abstractmethod
    async def report_error(
        self, exception: BaseException, severity: ErrorSeverity, context: ErrorContext
    ) -> ErrorReport:
        """Make a report of an error and keep it or pass it on."""

    @abstractmethod
    async def get_error_summary(self, hours: float = 24) -> dict[str, Any]:
        """``time_range_hours, total_errors, severity_breakdown, reason_breakdown, recent_errors``."""


class ServiceErrorHandler(ABC):
    """What a service knows about its own errors."""

    @abstractmethod
    async def handle_error(self, exception: BaseException, context: ErrorContext) -> bool:
        """True: stop, and raise the exception; False: decide as usual."""

    @abstractmethod
    def get_recovery_suggestions(self, exception: BaseException) -> list[str]:
        """What a person can do about it, most likely help first."""


_STRATEGY = (
    "async should_retry(attempt, exception, reason)",
    "async get_delay(attempt, reason)",
    "record_attempt(success, reason=None)",
)
_REPORTER = ("async report_error(exception, severity, context)", "async get_error_summary(hours=24)")
_HANDLER = ("async handle_error(exception, context)", "get_recovery_suggestions(exception)")


def checked_strategy(strategy: T) -> T:
    """The object itself; TypeError naming class, method and the signature wanted when it is no RetryStrategy."""
    return _checked(strategy, "RetryStrategy", _STRATEGY)


def checked_reporter(reporter: T) -> T:
    """The object itself; TypeError naming class, method and the signature wanted when it is no ErrorReporter."""
    return _checked(reporter, "ErrorReporter", _REPORTER)


def checked_handler(handler: T) -> T:
    """The object itself; TypeError naming class, method and the signature wanted when it is no ServiceErrorHandler."""
    return _checked(handler, "ServiceErrorHandler", _HANDLER)


def _checked(candidate: T, contract: str, wanted: tuple[str, ...]) -> T:
    if type(candidate).__module__.partition(".")[0] != __name__.partition(".")[0]:  # ours are tested, not checked
        from .interface import check

        check(candidate, contract, wanted)
    return candidate
