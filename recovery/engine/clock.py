"""Time, injected: monotonic seconds for waits, aware UTC for people, and the two ways to sleep."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Protocol

    class Clock(Protocol):
        """What everything that waits or measures takes as ``clock=``; it may also have ``monotonic_ns()``."""

        def monotonic(self) -> float:
            """Seconds that never go back."""

        def now(self) -> datetime:
            """The time of day, aware, UTC."""

        def sleep(self, seconds: float, /) -> None:
            """Block the thread."""

        async def asleep(self, seconds: float, /) -> None:
            """Suspend the task."""


class SystemClock:
    """The machine's own clocks."""

    __slots__ = ()
    monotonic = staticmethod(time.monotonic)
    monotonic_ns = staticmethod(time.monotonic_ns)
    sleep = staticmethod(time.sleep)

    def now(self) -> datetime:
        """The time of day, aware, UTC."""
        from datetime import UTC, datetime

        return datetime.now(UTC)

    async def asleep(self, seconds: float) -> None:
        """Suspend the task for so many seconds, by the running event loop."""
        from asyncio import sleep

        await sleep(seconds)


SYSTEM_CLOCK = SystemClock()
_WANTED = ("monotonic", "now", "sleep", "asleep")


def checked_clock(clock: Clock | None) -> Clock:
    """The clock to use; None is the machine's. Raises TypeError that names what a given one lacks."""
    if clock is None:
        return SYSTEM_CLOCK
    if missing := [name for name in _WANTED if not callable(getattr(clock, name, None))]:
        raise TypeError(f"{type(clock).__name__} is no clock: it lacks {', '.join(missing)}")
    return clock


def nanoseconds(clock: Clock) -> Callable[[], int]:
    """The clock's ``monotonic_ns``, or one derived from ``monotonic``."""
    own: Callable[[], int] | None = getattr(clock, "monotonic_ns", None)
    if own is not None:
        return own
    monotonic = clock.monotonic
    return lambda: round(monotonic() * 1e9)


def ns_of(seconds: float) -> int:
    """A duration in whole nanoseconds; 30 million years at most, so that every number of seconds has one."""
    return round(min(seconds, 1e15) * 1e9)
