"""The event loop behind ``drive``: imported only where a coroutine is driven in a process that uses asyncio."""

from __future__ import annotations

import asyncio
from asyncio.tasks import _enter_task, _leave_task  # made for third-party tasks
from threading import Thread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import Any

    Steps = Generator[Any, Any, Any]


def run(steps: Steps) -> Any:
    """Take the first step in this thread; finish on a helper thread whatever then still waits."""
    standing = _Standing(steps)
    outer = asyncio._get_running_loop()
    asyncio._set_running_loop(standing.loop)
    try:
        standing.step(steps.send, None)
    finally:
        asyncio._set_running_loop(outer)
        if standing.loop.alive or not standing.finished:
            _on_a_thread(standing)
    return standing.outcome()


def finish(steps: Steps, yielded: Any) -> Any:
    """The rest of a coroutine whose first step, taken without asyncio, gave ``yielded``."""
    standing = _Standing(steps)
    standing.yielded = yielded
    _on_a_thread(standing)
    return standing.outcome()


def _on_a_thread(standing: _Standing) -> None:
    thread = Thread(target=_live, args=(standing.loop, standing.real), name="recovery-drive", daemon=True)
    thread.start()
    thread.join()


def _live(loop: _Unborn, task: asyncio.Task[None]) -> None:
    try:
        loop.run_until_complete(task)
        left = asyncio.all_tasks(loop)
        for other in left:  # as asyncio.run does: what the coroutine started ends with it
            other.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()


class _Unborn(asyncio.SelectorEventLoop):
    """An event loop made on first use: most coroutines never touch it, and making one costs 50 microseconds."""

    def __init__(self) -> None:
        """Nothing yet."""

    def __getattr__(self, name: str) -> Any:
        """Come to life when the first attribute is missed, then answer."""
        if name.startswith("__") or self.alive:
            raise AttributeError(name)
        self.__dict__["_recovery_alive"] = True
        asyncio.SelectorEventLoop.__init__(self)
        return getattr(self, name)

    @property
    def alive(self) -> bool:
        """Whether anybody asked anything of it."""
        return "_recovery_alive" in self.__dict__

    def __del__(self, *_: Any) -> None:
        """Nothing: an unborn loop holds nothing, and the others are closed."""


class _Standing:
    """The coroutine's current task: none while nobody asks, else a real one that carries on after the first step.

    ``asyncio.timeout`` and others keep the task they see, so this stays the current one for the coroutine's whole life.
    """

    real: asyncio.Task[None]

    def __init__(self, steps: Steps) -> None:
        self.loop = _Unborn()
        self.steps = steps
        self.finished = False
        self.yielded: Any = None
        self.outcome: Callable[[], Any] = _nothing

    def __getattr__(self, name: str) -> Any:
        """Make the real task when first needed, and pass everything else on to it."""
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "real":
            self.real = self.loop.create_task(_rest(self))
            return self.real
        return getattr(self.real, name)

    def step(self, advance: Callable[[Any], Any], value: Any) -> None:
        """One step of the coroutine, with this as the loop's current task."""
        _enter_task(self.loop, self)  # type: ignore[arg-type]  # as good as a task
        try:
            self.yielded = advance(value)
        except StopIteration as done:
            result = done.value
            self.finished, self.outcome = True, lambda: result
        except BaseException as error:
            self.finished, self.outcome = True, _Raise(error)
        finally:
            _leave_task(self.loop, self)  # type: ignore[arg-type]


class _Raise:
    """Raises an exception, once, and lets go of it: a frame that holds what it raises is a cycle."""

    def __init__(self, error: BaseException) -> None:
        self.error: BaseException | None = error

    def __call__(self) -> Any:
        """Raise it."""
        error, self.error = self.error, None
        try:
            raise error  # type: ignore[misc]
        finally:
            del error


async def _rest(standing: _Standing) -> None:
    await _Rest(standing)


class _Rest:
    """What is left of a coroutine after its first step, step by step."""

    def __init__(self, standing: _Standing) -> None:
        self.standing = standing

    def __await__(self) -> Steps:
        """Hand to the task what the coroutine yields, and to the coroutine what comes back."""
        standing = self.standing
        while not standing.finished:
            try:
                value = yield standing.yielded
            except BaseException as error:
                self._step(standing.steps.throw, error)
            else:
                self._step(standing.steps.send, value)

    def _step(self, advance: Callable[[Any], Any], value: Any) -> None:
        standing = self.standing
        _leave_task(standing.loop, standing.real)
        try:
            standing.step(advance, value)
        finally:
            _enter_task(standing.loop, standing.real)


def _nothing() -> None:
    return None
