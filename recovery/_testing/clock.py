"""A clock that stands still until it is told otherwise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


class FakeClock:
    """A clock for tests: time passes only by ``advance(seconds)`` and by sleeping on it, which takes no real time.

    ``start``: what ``monotonic()`` reads at first (s). ``now()`` begins at 2000-01-01 UTC and moves along. ``slept``
    lists the sleeps asked for, in order. Not for several threads at once.
    """

    def __init__(self, start: float = 0.0) -> None:
        self._seconds = float(start)
        self._day = _EPOCH - timedelta(seconds=self._seconds)
        self.slept: list[float] = []

    def monotonic(self) -> float:
        """Seconds since the start, plus ``start``."""
        return self._seconds

    def monotonic_ns(self) -> int:
        """The same in whole nanoseconds."""
        return round(self._seconds * 1e9)

    def now(self) -> datetime:
        """The time of day, aware, UTC."""
        return self._day + timedelta(seconds=self._seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass; a negative number steps the clock back."""
        self._seconds += seconds

    def sleep(self, seconds: float) -> None:
        """Advance at once; negative sleeps are a ValueError, as in ``time.sleep``."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.slept.append(seconds)
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        """Advance at once, and let the event loop run other tasks once."""
        from asyncio import sleep

        self.sleep(seconds)
        await sleep(0)

    def __repr__(self) -> str:
        """Where it stands."""
        return f"FakeClock({self._seconds!r})"
