"""The ways to call through a breaker: permits, ``call``, ``execute``, ``with``, decorator."""

from __future__ import annotations

from . import blocks
from .callables import COROUTINE, kind_of, retried
from .changing import Changing
from .errors import CircuitBreakerOpenError
from .outcome import FAILURE
from .period import PLAIN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType
    from typing import Any, ParamSpec, Self, TypeVar, overload

    from .permit import Permit

    P = ParamSpec("P")
    T = TypeVar("T")
    F = TypeVar("F", bound=Callable[..., Any])

_COROUTINE = 0x80  # inspect.CO_COROUTINE


class Calling(Changing):
    """Calls through the breaker, mixed into :class:`CircuitBreaker`."""

    __slots__ = ()

    def acquire(self) -> Permit:
        """The right to make one call, to be settled; raises CircuitBreakerOpenError when it is refused."""
        told = None
        with self._lock:
            at = self._now()
            while (move := self._period.state.due(self._period, at, asked=True)) is not None:
                made = self._become(move, at)
                told = [*(told or ()), made]
            period = self._period
            permit = period.state.admit(period, at)
            if permit is None:
                period.refused += 1
        for made in told or ():
            if made is not None:
                self._tell(made)
        if permit is None:
            raise period.error(period, at)
        return permit

    def call(self, func: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a plain function through the breaker; TypeError for coroutine functions, which ``execute`` is for."""
        period = self._period
        code = getattr(func, "__code__", None)
        if kind_of(_checked(func)) == COROUTINE if code is None else code.co_flags & _COROUTINE:
            raise TypeError(f"call() is for plain functions: await execute() with {func!r}")
        if period.gate != PLAIN or hasattr(func, "retrier"):
            result: T = guarded(self, func, *args, **kwargs)
            return result
        try:
            result = func(*args, **kwargs)
        except BaseException as exc:
            period.raised(exc)
            raise
        period.successes += 1
        return result

    if TYPE_CHECKING:

        @overload
        async def execute(self, func: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs) -> T: ...

        @overload
        async def execute(self, func: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def execute(self, func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call a coroutine function (or a plain one) through the breaker and await what it gives."""
        return await guarded_async(self, _checked(func), *args, **kwargs)

    def __call__(self, func: F) -> F:
        """Decorate: every call of the function goes through this breaker, which it carries as ``.breaker``."""
        from .wrapping import guard

        wrapper: F = guard(self, func)
        return wrapper

    def __enter__(self) -> Self:
        """Take a permit for the block; it is settled by how the block ends."""
        blocks.enter(self, self.acquire())
        return self

    def __exit__(self, _cls: type[BaseException] | None, exc: BaseException | None, _tb: TracebackType | None) -> None:
        """Settle the block's permit."""
        self._left(blocks.leave(self), exc)

    async def __aenter__(self) -> Self:
        """As ``with``."""
        blocks.enter(self, self.acquire())
        return self

    async def __aexit__(
        self, _cls: type[BaseException] | None, exc: BaseException | None, _tb: TracebackType | None
    ) -> None:
        """As ``with``."""
        self._left(blocks.leave(self), exc)

    def _left(self, permit: Permit, exc: BaseException | None) -> None:
        if exc is None:
            permit.success()
        else:
            permit.failure(exc)

    def _answer(self, exc: BaseException, counted: bool = True) -> Any:
        """What the fallback says instead of ``exc``; a call that counts in no total is not counted here either."""
        assert self._fallback is not None  # callers looked
        if counted:
            self._period.fallbacks += 1
        return self._fallback(exc)

    def _returned(self, permit: Permit, result: Any) -> None:
        """Settle a call that returned: ``is_failure`` may still fail it."""
        if self._is_failure is not None and self._fails(result):
            permit.failure()
        else:
            permit.success()

    def _fails(self, result: Any) -> bool:
        try:
            return bool(self._is_failure(result))  # type: ignore[misc]  # looked at by the caller
        except Exception:
            from logging import getLogger

            getLogger("recovery.breaker").exception("is_failure of a circuit breaker raised; the call counts as failed")
            return True


def _checked(func: F) -> F:
    """The function; TypeError when it cannot be called (a coroutine that was made already), which is no failure."""
    if not callable(func):
        raise TypeError(f"a circuit breaker makes the call: hand the function over uncalled, got {type(func).__name__}")
    return func


def guarded(breaker: Calling, func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """One call of a plain function that asks the state: probes, holds, fallbacks, judged results."""
    try:
        permit = breaker.acquire()
    except CircuitBreakerOpenError as refusal:
        if breaker._fallback is None:
            raise
        return _now(breaker._answer(refusal))
    try:
        if (found := retried(func)) is None:
            result = func(*args, **kwargs)
        else:
            result = found[0].call(found[1], args, kwargs, permit)
    except BaseException as exc:
        counted = permit.counts
        if permit.failure(exc) != FAILURE or not breaker._fallback_on_failure:
            raise
        return _now(breaker._answer(exc, counted))
    breaker._returned(permit, result)
    return result


async def guarded_async(breaker: Calling, func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """One awaited call; ``func`` may be plain."""
    try:
        permit = breaker.acquire()
    except CircuitBreakerOpenError as refusal:
        if breaker._fallback is None:
            raise
        return await _later(breaker._answer(refusal))
    try:
        if (found := retried(func)) is None:
            result = await _later(func(*args, **kwargs))
        else:
            result = await found[0].acall(found[1], args, kwargs, permit)
    except BaseException as exc:
        counted = permit.counts
        if permit.failure(exc) != FAILURE or not breaker._fallback_on_failure:
            raise
        return await _later(breaker._answer(exc, counted))
    breaker._returned(permit, result)
    return result


async def _later(value: Any) -> Any:
    return await value if hasattr(value, "__await__") else value


def _now(value: Any) -> Any:
    """What a fallback gave, for plain code: a coroutine is driven to its end."""
    if not hasattr(value, "__await__"):
        return value
    from .drive import drive

    return drive(value)
