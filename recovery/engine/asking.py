"""Asking what users hand in: strategies that override the contract's coroutines, handlers, reporters.

``steps`` is the order of the questions, once for plain and asynchronous code: a generator that yields what is to be
awaited. ``ask`` drives the answers from plain code, ``aask`` awaits them.
"""

from __future__ import annotations

from .enums import ErrorCategory, RetryReason
from .errors import CircuitBreakerOpenError
from .governing import GOVERNING, Governing
from .plan import Plan, severity
from .retry_log import log_raised, log_trouble

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator
    from typing import Any

    from .context import ErrorContext
    from .rule import Classification
    from .run import Run

    Question = tuple[Callable[[], Coroutine[Any, Any, Any]], bool]  # make the coroutine; is it a report?
    Steps = Generator[Question, Any, float | None]

REPORT_WAIT = 1.0  # s: a reporter that takes longer is left behind
_reports: set[Any] = set()  # the event loop keeps tasks weakly: these must end by themselves


class Asking(Plan):
    """The decisions of a retry that has to ask a user's own code."""

    __slots__ = ()
    if TYPE_CHECKING:
        handler: Any
        reporter: Any
        stock_say: bool
        stock_delay: bool

        def context_of(self, run: Run) -> ErrorContext:
            """What handlers and reporters are told."""

    def ask(self, run: Run) -> float | None:
        """As ``decide``, in plain code."""
        from .drive import drive, drive_within

        steps = self.steps(run)
        answer: Any = None
        while True:
            try:
                make, report = steps.send(answer)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            try:
                answer = drive(make()) if not report else drive_within(make, REPORT_WAIT) or self._log_late()
            except Exception:
                answer = None
                self._log_raised(report)

    async def aask(self, run: Run) -> float | None:
        """As ``decide``, in a coroutine."""
        steps = self.steps(run)
        answer: Any = None
        try:
            while True:
                make, report = steps.send(answer)
                try:
                    answer = await make() if not report else await told(make) or self._log_late()
                except Exception:
                    answer = None
                    self._log_raised(report)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        finally:
            steps.close()

    def _log_late(self) -> bool:
        text = f"the reporter of {self.operation.name} took more than {REPORT_WAIT:g} s: left behind"
        log_trouble(text, raised=False, operation=self.operation.name)
        return False

    def _log_raised(self, report: bool) -> None:
        log_raised("the reporter" if report else "the handler or strategy", self.operation)

    def steps(self, run: Run) -> Steps:
        """The questions about one failed attempt, in order; gives what ``decide`` gives. An answer None: it raised."""
        exc = run.error
        if isinstance(exc, CircuitBreakerOpenError):
            run.why = f"refused, {exc}"
            return None
        if exc is None:
            return (yield from self._value_steps(run))
        found = self.count(run, exc)
        delay = None
        if (yield from self._handled(run, exc)):
            run.why = "its handler said stop"
        elif not self.barred(run, exc) and (yield from self._again(run, exc, found)):
            seconds = yield from self._wait(run, found.reason, found.category)
            delay = None if seconds is None else self.timely(run, exc, seconds)
        delay = self.settle(run, exc, found, delay)
        if self.reporter is not None:
            loud, context = severity(run, delay is not None), self.context_of(run)
            yield lambda: self.reporter.report_error(exc, loud, context), True
        return delay

    def _value_steps(self, run: Run) -> Steps:
        delay = None
        if self.count_value(run):
            seconds = yield from self._wait(run, RetryReason.UNKNOWN, ErrorCategory.UNKNOWN)
            delay = None if seconds is None else self.timely(run, None, seconds)
        return self.settle(run, None, None, delay)

    def _handled(self, run: Run, exc: Exception) -> Generator[Question, Any, bool]:
        if self.handler is None:
            return False
        context = self.context_of(run)
        return bool((yield lambda: self.handler.handle_error(exc, context), False))

    def _again(self, run: Run, exc: Exception, found: Classification) -> Generator[Question, Any, bool]:
        if self.stock_say:
            return self.allowed(run, exc, found)
        if self.on is not None and not self.named(exc):
            run.why = "`on` does not name it"
            return False
        token = self._govern(run, found.reason, found.category)
        try:
            again = yield lambda: self.strategy.should_retry(run.attempt, exc, found.reason), False
        finally:
            GOVERNING.reset(token)
        run.why = "its strategy said stop"
        return bool(again)

    def _wait(self, run: Run, reason: RetryReason, category: ErrorCategory) -> Generator[Question, Any, float | None]:
        if self.stock_delay:
            return self.strategy._delay(run.attempt, reason, category, run.config)  # type: ignore[no-any-return]
        token = self._govern(run, reason, category)
        try:
            seconds = yield lambda: self.strategy.get_delay(run.attempt, reason), False
        finally:
            GOVERNING.reset(token)
        run.why = "its strategy gave no delay"
        return seconds  # type: ignore[no-any-return]

    def _govern(self, run: Run, reason: RetryReason, category: ErrorCategory) -> Any:
        retried = run.attempt if run.reasons is None else run.reasons.count(reason)
        return GOVERNING.set(Governing(self.strategy, run.config, retried, category))


async def told(make: Callable[[], Coroutine[Any, Any, Any]]) -> bool:
    """Await a report for REPORT_WAIT at most; one that hangs is cancelled and left behind."""
    import asyncio

    task = asyncio.ensure_future(make())
    _reports.add(task)
    task.add_done_callback(_forget)
    try:
        done, _ = await asyncio.wait({task}, timeout=REPORT_WAIT)
    except asyncio.CancelledError:
        task.cancel()
        raise
    try:
        if done and not task.cancelled():
            task.result()
            return True
        task.cancel()
        return False
    finally:
        del task, done  # or what the reporter raised would hold this frame, and the frame it


def _forget(task: Any) -> None:
    _reports.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that nobody is told that it never was
