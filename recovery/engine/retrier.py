"""The loops: call, and while the plan says so wait and call again. One for plain code, one for coroutines.

The first attempt of a decorated function is made by its wrapper (``retry_templates``), before anything here is touched;
only when it fails does ``resume`` or ``aresume`` take over with its exception.
"""

from __future__ import annotations

from .budget import checked_budget
from .clock import checked_clock
from .lean import Lean
from .pause import apause, pause
from .plan import MOVED_ON, ended
from .retry_log import log_raised, log_trouble
from .strategies import StockStrategy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .budget import RetryBudget
    from .clock import Clock
    from .context import ErrorContext
    from .operation import Operation
    from .permit import Permit
    from .run import Lease, Run


class Retrier(Lean):
    """One operation's retry: what to call again, how often, and whom to tell. Made once, used by all calls at once."""

    __slots__ = (
        "budget", "by_reason", "clock", "guarded", "handler", "lean", "most", "on", "operation", "record", "refuses",
        "reporter", "restart", "simple", "stock_delay", "stock_say", "strategy",
    )  # fmt: skip

    def __init__(
        self,
        operation: Operation,
        strategy: Any,
        *,
        handler: Any = None,
        reporter: Any = None,
        budget: RetryBudget | None = None,
        clock: Clock | None = None,
        on: Callable[[BaseException], bool] | None = None,
        refuses: Callable[[Any], bool] | None = None,
        restart: bool = False,
        private: bool = False,
    ) -> None:
        self.operation = operation
        self.strategy = strategy
        self.handler = handler
        self.reporter = reporter
        self.on = on
        self.refuses = refuses
        self.restart = restart
        stock = strategy if isinstance(strategy, StockStrategy) else None
        self._look_at(stock)
        self.clock = checked_clock(clock if clock is not None or stock is None else stock.clock)
        if budget is None and stock is not None:
            budget = stock.budget_for(operation.service_name)
        self.budget = operation.budget = checked_budget(budget)
        # A strategy that nobody else sees needs no counts of its own; the operation's are the same.
        self.record = None if private and not strategy.listens else _recorder(strategy)
        if self.record is not None or budget is not None or refuses is not None or (stock and stock.always_guards):
            operation.must_be_whole()
        asked = self.guarded or self.record is not None or budget is not None or refuses is not None
        self.lean = self.simple and not asked and type(strategy)._allows is StockStrategy._allows

    def _look_at(self, stock: StockStrategy | None) -> None:
        """What the strategy is like, once: where a subclass overrides a coroutine of the contract, that is asked."""
        self.most = stock.most_attempts if stock else None
        self.guarded = stock is not None and stock.guards
        self.by_reason = stock is not None and stock.counts_reasons
        self.stock_say = stock is not None and not _overridden(stock, "should_retry")
        self.stock_delay = stock is not None and not _overridden(stock, "get_delay")
        self.simple = self.stock_say and self.stock_delay and self.handler is None and self.reporter is None

    def context_of(self, run: Run) -> ErrorContext:
        """What handlers and reporters are told about the call."""
        if run.context is None:
            from .context import ErrorContext

            run.context = ErrorContext(self.operation.name, service_name=self.operation.service_name)
        return run.context

    def first(self) -> None:
        """Count a first attempt that succeeded (``operation.firsts += 1`` unless ``operation.whole``)."""
        self.operation.firsts += 1
        if self.budget is not None:
            self.budget.deposit()
        if self.record is not None:
            self.record(True)

    # -- plain code ----------------------------------------------------------------------------------------------------

    def execute(self, run: Run, func: Callable[..., Any], args: Any, kwargs: Any, *, fresh: bool = False) -> Any:
        """The loop of plain code; ``fresh``: nothing was attempted yet."""
        try:
            while True:
                if fresh:
                    fresh = False
                else:
                    delay = self.decide(run) if self.simple else self.ask(run)
                    if delay is None or (delay and not self.waited(run, delay)):
                        error = self.given_up(run)
                        if error is None:
                            return run.value
                        raise error
                    run.paid = False
                try:
                    value = self._attempt(run, func, args, kwargs) if self.guarded else func(*args, **kwargs)
                except Exception as caught:
                    run.error = caught
                    continue
                if self.refuses is None or not self._refused(run, value):
                    self.succeeded(run)
                    return value
        finally:
            error = run.error = run.last = None
            if run.paid and self.budget is not None:  # paid for, and not made: stopped, or cancelled while it waited
                self.budget.refund()

    def waited(self, run: Run, delay: float) -> bool:
        """Wait; True when the next attempt may be made."""
        pause(self.clock, delay)
        return self._after_waiting(run, delay)

    def _attempt(self, run: Run, func: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        permit = self.permit(run)
        try:
            value = func(*args, **kwargs)
        except BaseException as error:
            self.failed_behind(permit, run, error)
            raise
        if permit is not None:
            permit.success()
        return value

    # -- coroutines ----------------------------------------------------------------------------------------------------

    async def aexecute(self, run: Run, func: Callable[..., Any], args: Any, kwargs: Any, *, fresh: bool = False) -> Any:
        """The loop of coroutines."""
        try:
            while True:
                if fresh:
                    fresh = False
                else:
                    delay = self.decide(run) if self.simple else await self.aask(run)
                    if delay is None or (delay and not await self.awaited(run, delay)):
                        error = self.given_up(run)
                        if error is None:
                            return run.value
                        raise error
                    run.paid = False
                try:
                    value = await self._aattempt(run, func, args, kwargs)
                except Exception as caught:
                    run.error = caught
                    continue
                if self.refuses is None or not self._refused(run, value):
                    self.succeeded(run)
                    return value
        finally:
            error = run.error = run.last = None
            if run.paid and self.budget is not None:
                self.budget.refund()

    async def awaited(self, run: Run, delay: float) -> bool:
        """As ``waited``."""
        await apause(self.clock, delay)
        return self._after_waiting(run, delay)

    async def _aattempt(self, run: Run, func: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        permit = self.permit(run) if self.guarded else None
        try:
            if run.config.attempt_timeout is None:
                value = func(*args, **kwargs)
                if hasattr(value, "__await__"):
                    value = await value
            else:
                value = await _in_time(run.config.attempt_timeout, func, args, kwargs)
        except BaseException as error:
            if self.guarded:
                self.failed_behind(permit, run, error)
            raise
        if permit is not None:
            permit.success()
        return value

    # -- both ----------------------------------------------------------------------------------------------------------

    def succeeded(self, run: Run) -> None:
        """Count the attempt that succeeded."""
        if run.attempt == 0:
            self.first()
            return
        self.operation.recovered += 1
        if self.record is not None:
            self.record(True)

    def _after_waiting(self, run: Run, delay: float) -> bool:
        self.operation.delay_seconds += delay
        if run.lease is None or not ended(run.lease):
            return True
        run.why = MOVED_ON
        return False

    def _refused(self, run: Run, value: Any) -> bool:
        try:
            refused = bool(self.refuses(value))  # type: ignore[misc]  # looked at by the caller
        except Exception:
            log_raised("the predicate `retry_result`", self.operation)
            return False
        if refused:
            run.value, run.error = value, None
        return refused

    def taken_over(self, exc: Exception, lease: Lease | None) -> Run:
        """A run whose first attempt was made elsewhere."""
        run = self.begin(lease)
        run.error = exc
        if self.guarded:
            self.failed_behind(None, run, exc)
        return run

    def permit(self, run: Run) -> Permit | None:
        """The right to one attempt behind the strategy's own breaker, if any; raises CircuitBreakerOpenError."""
        breaker = self.strategy.guard(self.operation, run.config) if self.guarded else None
        return breaker.acquire() if breaker is not None else None

    def failed_behind(self, permit: Permit | None, run: Run, error: BaseException) -> None:
        """Settle it for an attempt that raised; cancellation gives it back."""
        if isinstance(error, Exception):
            self.strategy.failed(self.operation, run.config, permit, error)
        elif permit is not None:
            permit.release()


def _overridden(strategy: StockStrategy, name: str) -> bool:
    return name in vars(strategy) or getattr(type(strategy), name) is not getattr(StockStrategy, name)


def _recorder(strategy: Any) -> Callable[..., None]:
    """``record_attempt``; a user's own may raise, or be a mock that gives a coroutine, without harm to the call."""
    if isinstance(strategy, StockStrategy) and type(strategy).__module__.startswith(f"{__package__}."):
        return strategy.record_attempt

    def record(*facts: Any) -> None:
        try:
            answer = strategy.record_attempt(*facts)
        except Exception:
            log_trouble("record_attempt of a strategy raised")
            return
        if hasattr(answer, "close"):
            answer.close()

    return record


async def _in_time(seconds: float, func: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """One attempt, cancelled after ``seconds`` as TimeoutError; a cancellation from outside stays one."""
    from asyncio import timeout

    async with timeout(seconds):
        value = func(*args, **kwargs)
        return await value if hasattr(value, "__await__") else value
