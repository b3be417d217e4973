"""What kind of callable something is, without importing ``inspect``."""

from __future__ import annotations

from functools import partial
from types import FunctionType, MethodType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

PLAIN_FUNCTION, COROUTINE, GENERATOR, ASYNC_GENERATOR = "plain", "coroutine", "generator", "async generator"
_MARKS = ("_is_coroutine_marker", "_is_coroutine")  # of inspect.markcoroutinefunction, and of asyncio before it
_GENERATOR, _COROUTINE, _ITERABLE_COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x100, 0x200


def kind_of(func: Callable[..., Any]) -> str:
    """Which of the four; looks through partials, bound methods and objects with ``__call__``."""
    marked: Any = func
    while True:
        if any(type(getattr(marked, mark, None)) is object for mark in _MARKS):  # a mock has every attribute: no mark
            return COROUTINE
        if isinstance(marked, partial):
            marked = marked.func
        elif isinstance(marked, MethodType):
            marked = marked.__func__
        else:
            break
    code = getattr(marked, "__code__", None)
    if code is None and not isinstance(marked, type):
        call = getattr(type(marked), "__call__", None)  # noqa: B004 - its code is wanted, not whether it is there
        code = getattr(call, "__code__", None)
    return _by_flags(code.co_flags) if code is not None else PLAIN_FUNCTION


def retried(func: Any) -> tuple[Any, Any] | None:
    """The retrier of a ``@retry`` function and the function under it, bound as ``func`` is; None for all else."""
    if not isinstance(func, (FunctionType, MethodType)) or not hasattr(func, "retrier"):
        return None
    wrapper: Any = func
    raw = wrapper.__wrapped__
    return wrapper.retrier, raw.__get__(func.__self__) if isinstance(func, MethodType) else raw


def _by_flags(flags: int) -> str:
    if flags & (_COROUTINE | _ITERABLE_COROUTINE):
        return COROUTINE
    if flags & _ASYNC_GENERATOR:
        return ASYNC_GENERATOR
    return GENERATOR if flags & _GENERATOR else PLAIN_FUNCTION
