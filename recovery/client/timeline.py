"""The time that a process reports in, and how it differs from the console's.

Read off the wall once, at the start, and carried on by the monotonic clock: it never steps, so slots keep their order
whatever happens to the wall clock. The console works out the difference from ``hello`` and ``beat``; here it is needed
for the ends of holds and commands, which come in console time.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recovery.engine.clock import Clock


class Timeline:
    """Seconds since 1970 as the process sees them; ``offset``: how far the console's clock is ahead (None: unknown)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.started = clock.now().timestamp()
        self._origin = clock.monotonic()
        self.offset: float | None = None

    def now(self) -> float:
        """This moment."""
        return self.started + self._clock.monotonic() - self._origin

    def of(self, moment: datetime) -> float:
        """A moment that somebody read off the wall."""
        return max(0.0, self.now() - (self._clock.now() - moment).total_seconds())

    def heard(self, theirs: float, sent: float | None = None) -> None:
        """The console's clock said so; ``sent``: when it was asked (what the answer took is split in two)."""
        now = self.now()
        self.offset = theirs - (now if sent is None else (now + sent) / 2)

    def until(self, theirs: float) -> float:
        """Seconds from now to a moment of the console's clock."""
        return theirs - (self.now() + (self.offset or 0.0))

    def to_console(self, ours: float) -> float:
        """A moment of ours on the console's clock."""
        return ours + (self.offset or 0.0)
