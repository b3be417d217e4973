"""Again, when, or stop: what follows from a failed attempt. Decisions only; nothing here calls, sleeps or awaits."""

from __future__ import annotations

from . import sinks
from .backoff import clamped
from .classification import classify
from .enums import ErrorSeverity
from .errors import CircuitBreakerOpenError
from .giving_up import attempts_within, sign
from .retry_after import retry_after_of
from .retry_log import log_give_up, log_raised, log_retry
from .run import Run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .budget import RetryBudget
    from .clock import Clock
    from .context import ErrorContext
    from .operation import Operation
    from .retry_config import RetryConfig
    from .rule import Classification
    from .run import Lease

MOVED_ON = "the circuit breaker has moved on since this call was let in"


class Plan:
    """The decisions of a retry, in the order of the contract's table. ``Retrier`` acts on them."""

    __slots__ = ()
    if TYPE_CHECKING:
        operation: Operation
        strategy: Any
        budget: RetryBudget | None
        clock: Clock
        on: Callable[[BaseException], bool] | None
        most: int | None
        record: Callable[..., None] | None
        by_reason: bool
        guarded: bool

    def begin(
        self, lease: Lease | None = None, config: RetryConfig | None = None, context: ErrorContext | None = None
    ) -> Run:
        """What a call needs to know of itself from here on."""
        run = Run()
        operation = self.operation
        run.config = force = operation.config if config is None else operation.in_force(config)
        if lease is not None:
            run.lease = lease
        if context is not None:
            run.context = context
        if force.max_elapsed is not None:
            run.started = self.clock.monotonic()
        if self.by_reason or force.reason_limits:
            run.reasons = ()
        return run

    def decide(self, run: Run) -> float | None:
        """Seconds to wait before the next attempt, or None: stop. For stock strategies, without handler or reporter."""
        exc = run.error
        if exc is None:
            return self.value_refused(run)
        if isinstance(exc, CircuitBreakerOpenError):
            run.why = f"refused, {exc}"
            return None
        found = self.count(run, exc)
        delay = None
        if not self.barred(run, exc) and self.allowed(run, exc, found):
            delay = self.strategy._delay(run.attempt, found.reason, found.category, run.config)
            delay = self.timely(run, exc, delay)
        return self.settle(run, exc, found, delay)

    def value_refused(self, run: Run) -> float | None:
        """The same for a returned value that ``retry_result`` refused."""
        delay = None
        if self.count_value(run):
            delay = self.timely(run, None, self.strategy._delay(run.attempt, None, None, run.config))
        return self.settle(run, None, None, delay)

    def count_value(self, run: Run) -> bool:
        """One attempt whose value was refused; True when another may be made."""
        self.operation.refused += 1
        self._count_call(run)
        run.carried += 1
        run.made += 1
        if self.record is not None:
            self.record(False)
        return not self.barred(run, None)

    def count(self, run: Run, exc: Exception) -> Classification:
        """One failed attempt, with what its exception means."""
        operation = self.operation
        found = classify(exc)
        operation.count_failure(found.reason)
        self._count_call(run)
        within = attempts_within(exc, operation)
        if within:
            operation.inner += within
        run.carried += within or 1
        run.made += 1
        run.last = exc
        if self.record is not None:
            self.record(False, found.reason)
        return found

    def _count_call(self, run: Run) -> None:
        if run.attempt == 0:
            self.operation.troubled += 1
            if self.budget is not None:
                self.budget.deposit()

    def barred(self, run: Run, exc: Exception | None) -> bool:
        """What no strategy is asked about: attempts, streams, inner retries, the breaker's period, its own breaker."""
        config = run.config
        most = config.max_attempts if self.most is None else min(self.most, config.max_attempts)
        if run.begun:
            run.why = "the stream had begun"
        elif run.attempt + 1 >= most:
            run.why = f"{most} of {most} attempts made"
        elif config.nested == "stop" and exc is not None and attempts_within(exc, self.operation):
            run.why = "an inner retry had given up on it"
        elif run.lease is not None and ended(run.lease):
            run.why = MOVED_ON
        elif self.guarded and (refusal := self.strategy._refusal(self.operation, config)) is not None:
            run.why = refusal  # that failure opened the strategy's own breaker: no use waiting to be told so
        else:
            return False
        return True

    def allowed(self, run: Run, exc: Exception, found: Classification) -> bool:
        """What a stock strategy says, or an explicit ``on`` instead of the reason."""
        reason = found.reason
        retried = run.attempt if run.reasons is None else run.reasons.count(reason)
        if self.on is None:
            if self.strategy._allows(run.attempt, reason, found.category, run.config, retried):
                return True
        elif self.named(exc) and retried < run.config.reason_limits.get(reason, retried + 1):
            return True
        run.why = f"{reason.value} is not retried{' again' if retried else ''}"
        return False

    def named(self, exc: Exception) -> bool:
        """Whether ``on`` names it; a predicate that raises is logged and says no."""
        try:
            return bool(self.on(exc))  # type: ignore[misc]  # looked at by the caller
        except Exception:
            log_raised("the predicate `on`", self.operation)
            return False

    def timely(self, run: Run, exc: Exception | None, delay: float) -> float | None:
        """The wait, if it may be waited: Retry-After, the cap, the deadline; last of all it is paid for."""
        config = run.config
        after = self._told_to_wait(exc) if exc is not None else None
        if after is None:
            delay = clamped(delay, config.max_delay) if delay else 0.0
        elif after > config.max_delay:
            run.why = f"it asks for {after:.6g} s (Retry-After), max_delay is {config.max_delay:.6g} s"
            _carry(exc, after)
            return None
        else:
            delay = after
        if config.max_elapsed is not None and self.clock.monotonic() - run.started + delay > config.max_elapsed:
            run.why = f"the next attempt would begin after max_elapsed, {config.max_elapsed:.6g} s"
            if after is not None:
                _carry(exc, after)
            return None
        if self.budget is not None:
            run.paid = self.budget.withdraw()
            if not run.paid:
                run.why = "the retry budget is spent"
                return None
        return delay

    def _told_to_wait(self, exc: Any) -> float | None:
        try:  # nearly all exceptions have none of the three, and this is the cheapest way to know
            if (
                getattr(exc, "retry_after", None) is None
                and getattr(exc, "response", None) is None
                and getattr(exc, "headers", None) is None
            ):
                return None
        except Exception:  # a property that raises: the reader below knows how to ask
            return retry_after_of(exc, self.clock.now)
        return retry_after_of(exc, self.clock.now)

    def settle(
        self, run: Run, exc: Exception | None, found: Classification | None, delay: float | None
    ) -> float | None:
        """The decision is made: tell the breaker, the sinks and the log, and go on to the next number."""
        if delay is not None and run.lease is not None and exc is not None:
            run.lease.attempt_failed(exc)
            if ended(run.lease):  # that very failure opened it
                run.why, delay = MOVED_ON, None
        if sinks.active and exc is not None:
            self._offer(run, exc, delay is not None)
        if delay is None:
            return None
        log_retry(self.operation, run, exc, delay)
        run.delays += (delay,)
        if run.reasons is not None and found is not None:
            run.reasons += (found.reason,)
        run.attempt += 1
        return delay

    def _offer(self, run: Run, exc: Exception, will_retry: bool) -> None:
        sinks.offer_failure(
            exc,
            operation_name=self.operation.name,
            service_name=self.operation.service_name,
            severity=severity(run, will_retry),
            attempt=run.made - 1,
            will_retry=will_retry,
            context=run.context,
        )

    def given_up(self, run: Run) -> Exception | None:
        """The exception to raise in the end: the last original one, signed; None: return the value that was refused."""
        error = run.error
        if error is not None:
            if run.last is None:
                return error  # refused by a breaker before anything had failed
            error = run.last
        self.operation.gave_up += 1
        log_give_up(self.operation, run, error)
        if error is not None:
            sign(error, run, self.operation.name, self.operation)
        return error


def severity(run: Run, will_retry: bool) -> ErrorSeverity:
    """How loud an attempt is reported: LOW the first time, MEDIUM while it goes on, HIGH the last time."""
    if not will_retry:
        return ErrorSeverity.HIGH
    return ErrorSeverity.MEDIUM if run.made > 1 else ErrorSeverity.LOW


def ended(lease: Lease) -> bool:
    """Whether the breaker's period is over."""
    return not lease.alive


def _carry(exc: BaseException | None, after: float) -> None:
    """Let the error say how long the other side asked to wait, where only a header of its response did."""
    try:
        if exc is not None and getattr(exc, "retry_after", None) is None:
            exc.retry_after = after  # type: ignore[attr-defined]
    except Exception:  # noqa: S110 - it takes no attributes: the note says it too
        pass
