"""The common case, kept short: a stock strategy, nobody to ask, nobody listening, an exception that says little.

Then a failed attempt costs a classification and a few counters. Whatever is out of the ordinary — the last attempt, a
Retry-After, a refusal, an inner retry's mark, a listener — leaves the short loop for the full one of ``Retrier``, with
what was done so far in a ``Run``; that failed attempt is then judged there, and counted there only.
"""

from __future__ import annotations

from weakref import ref

from . import retry_log, sinks
from .asking import Asking
from .classification import classify
from .enums import ErrorCategory
from .errors import CircuitBreakerOpenError
from .giving_up import MARK
from .pause import apause, pause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .retry_config import RetryConfig
    from .run import Lease, Run

_INFO = 20
_TELLING = ("retry_after", "response", "headers", MARK)
_mute: dict[int, object] = {}  # id of an exception class that says nothing special -> weak reference to it


def _found_mute(cls: type[BaseException]) -> bool:
    """Whether exceptions of this class are no refusal and bring no Retry-After and no mark of their own."""
    if issubclass(cls, CircuitBreakerOpenError) or any(hasattr(cls, name) for name in _TELLING):
        return False
    key = id(cls)
    _mute[key] = ref(cls, lambda _: _mute.pop(key, None))  # classes come and go, and ids are used again
    return not hasattr(cls, "__getattr__")


class Lean(Asking):
    """The ways into a retry, and its short loops."""

    __slots__ = ()
    if TYPE_CHECKING:
        lean: bool

        def execute(self, run: Run, func: Callable[..., Any], args: Any, kwargs: Any, *, fresh: bool = False) -> Any:
            """The full loop."""

        async def aexecute(
            self, run: Run, func: Callable[..., Any], args: Any, kwargs: Any, *, fresh: bool = False
        ) -> Any:
            """The full loop of coroutines."""

        def taken_over(self, exc: Exception, lease: Lease | None) -> Run:
            """A run whose first attempt was made elsewhere."""

    def call(self, func: Callable[..., Any], args: Any = (), kwargs: Any = None, lease: Lease | None = None) -> Any:
        """Call ``func`` until it works or the plan says stop; then the last original exception is raised."""
        if self.operation.whole:
            return self.execute(self.begin(lease), func, args, kwargs or {}, fresh=True)
        try:
            value = func(*args, **(kwargs or {}))
        except Exception as caught:
            error = caught
        else:
            self.operation.firsts += 1
            return value
        try:
            return self.resume(error, func, args, kwargs, lease)
        finally:
            del error

    async def acall(
        self, func: Callable[..., Any], args: Any = (), kwargs: Any = None, lease: Lease | None = None
    ) -> Any:
        """As ``call``; ``func`` may be plain, what it returns is awaited where it can be."""
        if self.operation.whole:
            return await self.aexecute(self.begin(lease), func, args, kwargs or {}, fresh=True)
        try:
            value = func(*args, **(kwargs or {}))
            if hasattr(value, "__await__"):
                value = await value
        except Exception as caught:
            error = caught
        else:
            self.operation.firsts += 1
            return value
        try:
            return await self.aresume(error, func, args, kwargs, lease)
        finally:
            del error

    def resume(
        self, exc: Exception, func: Callable[..., Any], args: Any = (), kwargs: Any = None, lease: Lease | None = None
    ) -> Any:
        """Go on after a first attempt that was made elsewhere and raised ``exc``."""
        kwargs = kwargs or {}
        made, last = 0, None
        delays: tuple[float, ...] = ()
        try:
            if self.lean and lease is None and self.operation.plain:
                config = self.operation.config
                most = config.max_attempts if self.most is None else min(self.most, config.max_attempts)
                while made + 1 < most and (delay := self.again(exc, made, config)) is not None:
                    made, last = made + 1, exc
                    if delay:
                        pause(self.clock, delay)
                        self.operation.delay_seconds += delay
                        delays += (delay,)
                    try:
                        value = func(*args, **kwargs)
                    except Exception as caught:
                        exc = caught
                    else:
                        self.operation.recovered += 1
                        return value
            run = self._went_on(self.taken_over(exc, lease), made, delays, last)
        finally:
            del exc, last  # a frame that holds what is raised through it is a cycle
        return self.execute(run, func, args, kwargs)

    async def aresume(
        self, exc: Exception, func: Callable[..., Any], args: Any = (), kwargs: Any = None, lease: Lease | None = None
    ) -> Any:
        """As ``resume``."""
        kwargs = kwargs or {}
        made, last = 0, None
        delays: tuple[float, ...] = ()
        try:
            if self.lean and lease is None and self.operation.plain:
                config = self.operation.config
                most = config.max_attempts if self.most is None else min(self.most, config.max_attempts)
                while made + 1 < most and (delay := self.again(exc, made, config)) is not None:
                    made, last = made + 1, exc
                    if delay:
                        await apause(self.clock, delay)
                        self.operation.delay_seconds += delay
                        delays += (delay,)
                    try:
                        value = func(*args, **kwargs)
                        if hasattr(value, "__await__"):
                            value = await value
                    except Exception as caught:
                        exc = caught
                    else:
                        self.operation.recovered += 1
                        return value
            run = self._went_on(self.taken_over(exc, lease), made, delays, last)
        finally:
            del exc, last
        return await self.aexecute(run, func, args, kwargs)

    def again(self, exc: Exception, made: int, config: RetryConfig) -> float | None:
        """Count this failed attempt and give the wait before the next; None: the full loop is to count and decide."""
        key = type(exc)
        if (
            (id(key) not in _mute and not _found_mute(key))
            or exc.__dict__  # somebody has put something on it
            or sinks.active
            or retry_log.listens(_INFO)
        ):
            return None
        found = classify(exc)
        reason = found.reason
        if (found.category is ErrorCategory.PERSISTENT) if self.on is None else not self.named(exc):
            return None
        operation = self.operation
        (operation.by_reason or operation.begin_counting())[reason] += 1
        if not made:
            operation.troubled += 1
        if config.base_delay == 0.0:
            return 0.0
        delay: float = self.strategy._delay(made, reason, found.category, config)
        return delay

    @staticmethod
    def _went_on(run: Run, made: int, delays: tuple[float, ...], last: Exception | None) -> Run:
        run.attempt = run.made = run.carried = made
        run.delays, run.last = delays, last
        return run
