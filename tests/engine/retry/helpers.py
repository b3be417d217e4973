"""What the tests of retries share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from recovery.engine.contracts import ErrorReporter, RetryStrategy, ServiceErrorHandler
from recovery.engine.types import ErrorContext, ErrorSeverity, RetryConfig

NO_WAIT = RetryConfig(max_attempts=3, base_delay=0.0, jitter=False)
CONTEXT = ErrorContext("op", service_name="svc")


class Flaky:
    """Raises (or returns) what it is given, one per call, then returns "ok"."""

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.calls = 0

    def next(self) -> Any:
        self.calls += 1
        outcome = self.outcomes.pop(0) if self.outcomes else "ok"
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    def function(self) -> Callable[..., Any]:
        def flaky(*_args: Any, **_kwargs: Any) -> Any:
            return self.next()

        return flaky

    def coroutine(self) -> Callable[..., Any]:
        async def flaky(*_args: Any, **_kwargs: Any) -> Any:
            return self.next()

        return flaky


def failing(times: int, error: Callable[..., BaseException] = ConnectionError) -> Flaky:
    """Fails so many times, then works."""
    return Flaky(*(error(f"no {n}") for n in range(times)))


class Reporter(ErrorReporter):
    """Keeps what it is told."""

    def __init__(self, raises: Exception | None = None) -> None:
        self.told: list[tuple[BaseException, ErrorSeverity, ErrorContext]] = []
        self.raises = raises

    async def report_error(self, exception: BaseException, severity: ErrorSeverity, context: ErrorContext) -> Any:
        self.told.append((exception, severity, context))
        if self.raises is not None:
            raise self.raises
        return "the report"

    async def get_error_summary(self, hours: float = 24) -> dict[str, Any]:
        return {}

    @property
    def severities(self) -> list[str]:
        return [severity.value for _, severity, _ in self.told]


class Handler(ServiceErrorHandler):
    """Answers in order, then False."""

    def __init__(self, answers: Iterable[Any] = ()) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[BaseException, ErrorContext]] = []

    async def handle_error(self, exception: BaseException, context: ErrorContext) -> bool:
        self.asked.append((exception, context))
        answer = self.answers.pop(0) if self.answers else False
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    def get_recovery_suggestions(self, exception: BaseException) -> list[str]:
        return ["look"]


class OwnStrategy(RetryStrategy):
    """A user's own strategy, from the contract alone."""

    def __init__(self, delays: Iterable[float] = (), says: bool = True, config: RetryConfig = NO_WAIT) -> None:
        self.config = config
        self.delays = list(delays)
        self.says = says
        self.asked: list[tuple[str, Any]] = []
        self.total_attempts = self.successful_attempts = self.failed_attempts = 0

    async def should_retry(self, attempt: int, exception: BaseException, reason: Any) -> bool:
        self.asked.append(("again", attempt))
        return self.says

    async def get_delay(self, attempt: int, reason: Any) -> float:
        self.asked.append(("delay", attempt))
        return self.delays.pop(0) if self.delays else 0.0

    def record_attempt(self, success: bool, reason: Any = None) -> None:
        self.total_attempts += 1
        if success:
            self.successful_attempts += 1
        else:
            self.failed_attempts += 1
