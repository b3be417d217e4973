"""Coroutines in plain code: run to their end at once, and only one that really waits gets an event loop.

Most handlers and strategies are ``async def`` that never wait. ``send(None)`` finishes those in the caller's thread.
While it runs, an event loop that does not exist yet stands ready (``drive_loop``): the first thing a coroutine asks of
it brings it to life, and a helper thread then runs what is left of the coroutine.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator
    from threading import Thread
    from typing import Any, TypeVar

    T = TypeVar("T")

_MOST_HANGING = 8
_hanging: list[Thread] = []


def drive(awaitable: Awaitable[T]) -> T:
    """Wait for a coroutine (or anything awaitable) from plain code; gives what it gives, raises what it raises.

    One that never waits runs in the caller's thread; of one that does, the rest runs in an event loop on a helper
    thread, in the caller's context, while the caller waits.
    """
    steps = _steps(awaitable)
    if "asyncio" not in sys.modules:  # then the coroutine cannot wait for anything of asyncio's
        try:
            yielded = steps.send(None)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]
        from .drive_loop import finish

        return finish(steps, yielded)  # type: ignore[no-any-return]
    from .drive_loop import run

    return run(steps)  # type: ignore[no-any-return]


def drive_within(make: Callable[[], Awaitable[Any]], seconds: float) -> bool:
    """Run ``await make()`` on a helper thread and wait ``seconds`` for it at most; True when it came to an end.

    Exceptions are raised in the caller. One that hangs is left behind; while eight hang, no further one is started.
    """
    from contextvars import copy_context
    from threading import Thread

    _hanging[:] = [thread for thread in _hanging if thread.is_alive()]
    if len(_hanging) >= _MOST_HANGING:
        return False
    raised: list[BaseException] = []

    def work() -> None:
        try:
            drive(make())
        except BaseException as error:
            raised.append(error)

    thread = Thread(target=copy_context().run, args=(work,), name="recovery-report", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        _hanging.append(thread)
        return False
    if raised:
        raise raised.pop()
    return True


def _steps(awaitable: Awaitable[Any]) -> Generator[Any, Any, Any]:
    if hasattr(awaitable, "send"):
        return awaitable  # type: ignore[return-value]
    return awaitable.__await__()
