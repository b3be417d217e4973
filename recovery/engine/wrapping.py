"""Wrapping a function in a breaker: the hot path.

The text below is compiled once per signature shape (see ``signature``). A call reads the breaker's period once; its
gate says how cheap the call may be: 0 count only, 1 count and time, 2 refuse until the deadline, 3 ask. Success takes
no lock and makes no object that outlives the call.
"""

from __future__ import annotations

from .callables import ASYNC_GENERATOR, COROUTINE, GENERATOR, kind_of, retried
from .calling import guarded, guarded_async
from .permit import UNMEASURED, Permit
from .signature import Template, dressed, wrapper_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator, Iterator
    from typing import Any

    from .calling import Calling
    from .period import Period
    from .retrier import Retrier

_TEXT = """
def _r_make(_r_fn, _r_breaker, _r_ns):
    {async}def _r_wrapper({params}):
        _r_period = _r_breaker._period
        _r_gate = _r_period.gate
        if not _r_gate:
            try:
                _r_result = {await}_r_fn({call})
            except BaseException as _r_exc:
                _r_period.raised(_r_exc)
                raise
            _r_period.successes += 1
            return _r_result
        if _r_gate == 1:
            _r_begun = _r_ns()
            try:
                _r_result = {await}_r_fn({call})
            except BaseException as _r_exc:
                _r_period.raised(_r_exc, _r_begun)
                raise
            _r_end = _r_ns()
            _r_took = _r_end - _r_begun
            if _r_took < _r_period.limit and _r_end < _r_period.turn:
                try:
                    _r_period.hist[_r_took.bit_length()] += 1
                except IndexError:  # the clock stepped far back: less than nothing
                    _r_period.passed(None, _r_took, _r_end)
                else:
                    _r_period.successes += 1
            else:
                _r_period.passed(None, _r_took, _r_end)
            return _r_result
        if _r_gate == 2:
            _r_at = _r_ns()
            if _r_period.seen <= _r_at < _r_period.deadline:
                _r_period.seen = _r_at
                _r_period.refused += 1
                raise _r_period.error(_r_period, _r_at)
        return {await}_r_guarded(_r_breaker, _r_fn, {call})
    return _r_wrapper
"""
# A ``@retry`` function right inside a breaker: one wrapper makes the first attempt of both; only when it fails does the
# retry go on, under a permit of the period that the call was let in during.
_RETRIED_TEXT = """
def _r_make(_r_fn, _r_breaker, _r_ns, _r_raw, _r_retrier, _r_operation):
    {async}def _r_wrapper({params}):
        _r_period = _r_breaker._period
        _r_gate = _r_period.gate
        if _r_gate < 2 and not _r_operation.whole:
            _r_begun = _r_ns() if _r_gate else -1
            try:
                _r_result = {await}_r_raw({call})
            except Exception as _r_caught:
                _r_error = _r_caught
            except BaseException as _r_exc:
                _r_period.raised(_r_exc)
                raise
            else:
                _r_operation.firsts += 1
                if not _r_gate:
                    _r_period.successes += 1
                    return _r_result
                _r_end = _r_ns()
                _r_took = _r_end - _r_begun
                if _r_took < _r_period.limit and _r_end < _r_period.turn:
                    try:
                        _r_period.hist[_r_took.bit_length()] += 1
                    except IndexError:  # the clock stepped far back: less than nothing
                        _r_period.passed(None, _r_took, _r_end)
                    else:
                        _r_period.successes += 1
                else:
                    _r_period.passed(None, _r_took, _r_end)
                return _r_result
            try:
                return {await}_r_again(_r_period, _r_begun, _r_retrier, _r_error, _r_raw, {args}, {kwargs})
            finally:
                _r_error = None
        if _r_gate == 2:
            _r_at = _r_ns()
            if _r_period.seen <= _r_at < _r_period.deadline:
                _r_period.seen = _r_at
                _r_period.refused += 1
                raise _r_period.error(_r_period, _r_at)
        return {await}_r_guarded(_r_breaker, _r_fn, {call})
    return _r_wrapper
"""


def _again(
    period: Period,
    begun: int,
    retrier: Retrier,
    error: Exception | None,
    raw: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """The rest of a retry whose first attempt failed inside a breaker."""
    permit = Permit(period, begun)
    try:
        assert error is not None  # only its reference is let go of below
        result = retrier.resume(error, raw, args, kwargs, permit)
    except BaseException as last:
        permit.failure(last)
        raise
    finally:
        error = None  # the frame is on its traceback: no cycle
    permit.success()
    return result


async def _again_async(
    period: Period,
    begun: int,
    retrier: Retrier,
    error: Exception | None,
    raw: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:
    """The same for coroutines."""
    permit = Permit(period, begun)
    try:
        assert error is not None
        result = await retrier.aresume(error, raw, args, kwargs, permit)
    except BaseException as last:
        permit.failure(last)
        raise
    finally:
        error = None
    permit.success()
    return result


def _sync(text: str) -> str:
    return text.replace("{async}", "").replace("{await}", "")


def _async(text: str) -> str:
    return text.replace("{async}", "async ").replace("{await}", "await ")


_SYNC = Template(_sync(_TEXT), {"_r_guarded": guarded})
_ASYNC = Template(_async(_TEXT), {"_r_guarded": guarded_async})
_SYNC_RETRIED = Template(_sync(_RETRIED_TEXT), {"_r_guarded": guarded, "_r_again": _again})
_ASYNC_RETRIED = Template(_async(_RETRIED_TEXT), {"_r_guarded": guarded_async, "_r_again": _again_async})


def guard(breaker: Calling, func: Any) -> Any:
    """``func`` behind ``breaker``: kind, name, doc and signature kept, the breaker as ``.breaker``."""
    if isinstance(func, (classmethod, staticmethod)):
        return type(func)(guard(breaker, func.__func__))
    if not callable(func):
        raise TypeError(f"a circuit breaker decorates callables, got {type(func).__name__}")
    kind = kind_of(func)
    if kind == GENERATOR:
        wrapper = dressed(_generator(breaker, func), func)
    elif kind == ASYNC_GENERATOR:
        wrapper = dressed(_async_generator(breaker, func), func)
    elif (found := retried(func)) is not None:
        cells = (breaker, breaker._ns, found[1], found[0], found[0].operation)
        wrapper = wrapper_of(func, _ASYNC_RETRIED if kind == COROUTINE else _SYNC_RETRIED, *cells)
    else:
        wrapper = wrapper_of(func, _ASYNC if kind == COROUTINE else _SYNC, breaker, breaker._ns)
    wrapper.__dict__.pop("retrier", None)  # an outer breaker must see this function, not reach round it
    wrapper.breaker = breaker
    return wrapper


def _generator(breaker: Calling, func: Callable[..., Generator[Any, Any, Any]]) -> Callable[..., Iterator[Any]]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        permit = breaker.acquire()
        permit._begun = UNMEASURED  # how long it lasts is its reader's doing
        try:
            result = yield from func(*args, **kwargs)
        except BaseException as exc:
            permit.failure(exc)
            raise
        breaker._returned(permit, result)
        return result

    return wrapper


def _async_generator(breaker: Calling, func: Callable[..., AsyncIterator[Any]]) -> Callable[..., AsyncIterator[Any]]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        permit = breaker.acquire()
        permit._begun = UNMEASURED
        inner: Any = func(*args, **kwargs)
        try:
            step = inner.__anext__()
            while True:
                try:
                    item = await step
                except StopAsyncIteration:
                    break
                try:
                    step = inner.asend((yield item))
                except GeneratorExit:
                    await inner.aclose()
                    raise
                except BaseException as thrown:
                    step = inner.athrow(thrown)
        except BaseException as exc:
            permit.failure(exc)
            raise
        permit.success()

    return wrapper
