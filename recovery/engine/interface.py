"""Does an object have the methods a contract asks for? Imported only when somebody else's object is handed over."""

from __future__ import annotations

import inspect
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

_ITERABLE_COROUTINE = 0x100  # CO_ITERABLE_COROUTINE: types.coroutine


def check(candidate: object, contract: str, wanted: tuple[str, ...]) -> None:
    """Raise TypeError that names class, method and signature for the first method that is not as wanted."""
    if isinstance(candidate, type):
        raise TypeError(f"{candidate.__name__} is a class: hand over an instance of it as {contract}")
    if _is_mock(candidate):
        return
    for signature in wanted:
        problem = _problem(candidate, signature)
        if problem:
            raise TypeError(f"{type(candidate).__name__} is no {contract}: {problem}; wanted: {_spelled(signature)}")


def _problem(candidate: object, wanted: str) -> str | None:
    name = wanted.removeprefix("async ").partition("(")[0]
    method = getattr(candidate, name, None)
    if method is None:
        return f"it lacks {name}"
    if not callable(method):
        return f"its {name} is no method but {type(method).__name__}"
    if _is_mock(method):
        return None
    if wanted.startswith("async ") and not _gives_coroutine(method):
        return f"its {name} must be a coroutine (async def), but is a plain def"
    if not wanted.startswith("async ") and _gives_coroutine(method):
        return f"its {name} must be a plain def, but is a coroutine"
    return _misfit(method, name, wanted)


def _misfit(method: Callable[..., Any], name: str, wanted: str) -> str | None:
    try:
        signature = inspect.signature(method)
    except (TypeError, ValueError):  # built in, or made in C: it cannot be told
        return None
    for arguments in _calls(wanted):
        try:
            signature.bind(*arguments)
        except TypeError as error:
            return f"its {name}{signature} does not fit ({error})"
    return None


def _calls(wanted: str) -> Iterator[list[str]]:
    """The ways it will be called: with all arguments, and without the optional ones."""
    parameters = wanted.partition("(")[2].removesuffix(")").split(", ")
    yield parameters
    required = [parameter for parameter in parameters if "=" not in parameter]
    if required != parameters:
        yield required


def _gives_coroutine(method: Any) -> bool:
    """Is it, or does it wrap, a coroutine function (decorated, partial, bound, an object with ``async __call__``)?"""
    for layer in _layers(method):
        if inspect.iscoroutinefunction(layer) or hasattr(layer, "_is_coroutine"):
            return True
        code = getattr(layer, "__code__", None)
        if code is not None and code.co_flags & _ITERABLE_COROUTINE:
            return True
    return False


def _layers(method: Any) -> Iterator[Any]:
    for _ in range(20):
        yield method
        if not inspect.isroutine(method) and hasattr(type(method), "__call__"):  # noqa: B004 - the method itself
            yield type(method).__call__
        inner = getattr(method, "__wrapped__", None) or getattr(method, "func", None)
        if inner is None:
            return
        method = inner


def _is_mock(candidate: object) -> bool:
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(candidate, mock.NonCallableMock)


def _spelled(wanted: str) -> str:
    kind, name = ("async def", wanted.removeprefix("async ")) if wanted.startswith("async ") else ("def", wanted)
    return f"{kind} {name.replace('(', '(self, ')}"
