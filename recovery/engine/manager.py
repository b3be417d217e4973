"""The executor of the contract, and the small one for a single call."""

from __future__ import annotations

from itertools import count

from .clock import checked_clock
from .context import ErrorContext
from .contracts import checked_handler, checked_reporter, checked_strategy
from .operation import Operation
from .retrier import Retrier
from .retry_config import RetryConfig
from .retry_decorator import name_of
from .strategies import ExponentialBackoffStrategy, StockStrategy, checked_config

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from .budget import RetryBudget
    from .clock import Clock
    from .context import ErrorReport
    from .contracts import ErrorReporter, RetryStrategy, ServiceErrorHandler
    from .enums import ErrorSeverity
    from .run import Run

MOST_OPERATIONS = 1024  # per executor: names come from contexts, and a name per user would grow without end
OTHERS = "(other operations)"
_numbers = count(1)


class _Retriers:
    """One retrier per (service, operation); past MOST_OPERATIONS names the rest share one."""

    def __init__(self, make: Callable[[Operation], Retrier]) -> None:
        self._make = make
        self._made: dict[tuple[str | None, str], Retrier] = {}

    def of(self, name: str, service_name: str | None, config: RetryConfig) -> Retrier:
        """The retrier of an operation, made when it is first called."""
        key = (service_name, name)
        found = self._made.get(key)
        if found is not None:
            return found
        if len(self._made) >= MOST_OPERATIONS:
            key = (None, OTHERS)
            if key in self._made:
                return self._made[key]
        made = self._make(Operation(key[1], key[0], config))
        return self._made.setdefault(key, made)


class ErrorRecoveryManager:
    """Runs functions under one strategy, one reporter and, where given, a service's own handler.

    All three are checked when they are handed over (TypeError that names class, method and the signature wanted).
    ``clock``: the time it sleeps by (None: the strategy's, else the machine's); ``budget``: instead of the strategy's.
    Its operations are named by the contexts; beyond 1,024 names the rest is counted as ``(other operations)``.
    """

    def __init__(
        self,
        retry_strategy: RetryStrategy,
        error_reporter: ErrorReporter,
        service_handler: ServiceErrorHandler | None = None,
        *,
        clock: Clock | None = None,
        budget: RetryBudget | None = None,
    ) -> None:
        self.retry_strategy = checked_strategy(retry_strategy)
        self.error_reporter = checked_reporter(error_reporter)
        self.service_handler = None if service_handler is None else checked_handler(service_handler)
        if clock is None and isinstance(retry_strategy, StockStrategy):
            clock = retry_strategy.clock
        self._clock = checked_clock(clock)
        self._budget = budget
        self._active: dict[str, tuple[str, ErrorContext, datetime, Run]] = {}
        self._retriers = _Retriers(self._retrier)

    async def execute_with_retry(
        self,
        func: Callable[..., Any],
        context: ErrorContext,
        retry_config: RetryConfig | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """Call ``func(*args, **kwargs)``, plain or coroutine function, until it works or no attempt is left.

        ``retry_config`` governs this whole call instead of the strategy's. Raises the last original exception, with
        attempts and delays in a note; TypeError for a wrong ``func``, ``context`` or ``retry_config``.
        """
        retrier, run = self._begin(func, context, retry_config)
        number = self._enter(func, context, run)
        try:
            return await retrier.aexecute(run, func, args, kwargs, fresh=True)
        finally:
            del self._active[number]

    def call_with_retry(
        self,
        func: Callable[..., Any],
        context: ErrorContext,
        retry_config: RetryConfig | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """As ``execute_with_retry`` for plain functions in plain code: no event loop is needed."""
        retrier, run = self._begin(func, context, retry_config)
        number = self._enter(func, context, run)
        try:
            return retrier.execute(run, func, args, kwargs, fresh=True)
        finally:
            del self._active[number]

    async def report_error(
        self, exception: BaseException, severity: ErrorSeverity, context: ErrorContext
    ) -> ErrorReport:
        """Hand an error to the reporter directly."""
        return await self.error_reporter.report_error(exception, severity, context)

    def get_active_recoveries(self) -> dict[str, dict[str, Any]]:
        """The calls being executed now: id -> function (its name), context, started_at (UTC), attempts begun."""
        return {
            number: {"function": function, "context": context, "started_at": started_at, "attempts": run.attempt + 1}
            for number, (function, context, started_at, run) in list(self._active.items())
        }

    def _begin(self, func: Any, context: Any, retry_config: RetryConfig | None) -> tuple[Retrier, Run]:
        if not callable(func):
            raise TypeError(f"func must be callable, got {type(func).__name__}")
        if not isinstance(context, ErrorContext):
            raise TypeError(f"context must be an ErrorContext, got {type(context).__name__}")
        own = getattr(self.retry_strategy, "config", None)
        code = own if isinstance(own, RetryConfig) else checked_config(None)
        config = code if retry_config is None else checked_config(retry_config, "retry_config")
        retrier = self._retriers.of(context.operation_name, context.service_name, code)
        return retrier, retrier.begin(None, config, context)

    def _enter(self, func: Any, context: ErrorContext, run: Run) -> str:
        number = f"recovery-{next(_numbers)}"
        name = getattr(func, "__name__", None) or type(func).__name__
        self._active[number] = (name, context, self._clock.now(), run)
        return number

    def _retrier(self, operation: Operation) -> Retrier:
        return Retrier(
            operation,
            self.retry_strategy,
            handler=self.service_handler,
            reporter=self.error_reporter,
            budget=self._budget,
            clock=self._clock,
        )


class ExponentialBackoff:
    """Retries single calls: ``max_retries`` calls in all, ``base_delay`` (s) doubling between them, ±10 %.

    Raises ValueError for values out of range.
    """

    def __init__(self, max_retries: int = 3, base_delay: float = 1, *, clock: Clock | None = None) -> None:
        try:
            self.config = RetryConfig(max_retries, base_delay, max_delay=_cap(base_delay))
        except ValueError as error:  # in the words of this class
            said = str(error).replace("RetryConfig", type(self).__name__).replace("max_attempts", "max_retries")
            raise ValueError(said) from None
        self._strategy = ExponentialBackoffStrategy(self.config, clock=clock)
        self._retriers = _Retriers(lambda operation: Retrier(operation, self._strategy, private=True))

    async def execute(self, func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call ``func(*args, **kwargs)``, plain or coroutine function; raises the last original one."""
        if not callable(func):
            raise TypeError(f"func must be callable, got {type(func).__name__}")
        return await self._retriers.of(name_of(func), None, self.config).acall(func, args, kwargs)


def _cap(base_delay: Any) -> float:
    """The usual cap, unless the base is higher; a base that is no number is for RetryConfig to refuse."""
    usual: float = RetryConfig.FIELDS["max_delay"].default
    return max(usual, base_delay) if isinstance(base_delay, (int, float)) else usual
