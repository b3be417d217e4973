"""How much may be sent: what the console allows in general, and less while it asks to slow down."""

from __future__ import annotations

from recovery.wire import Limits, SlowDown


class Bucket:
    """So many per second, at most a second's worth at once (and never less than one)."""

    def __init__(self, per_second: float, now: float) -> None:
        self.per_second = per_second
        self._level = max(1.0, per_second)
        self._at = now

    def allowed(self, now: float) -> int:
        """How many may go now."""
        self._level = min(max(1.0, self.per_second), self._level + max(0.0, now - self._at) * self.per_second)
        self._at = now
        return int(self._level)

    def spend(self, number: int) -> None:
        """So many went."""
        self._level -= number


class Rates:
    """Frames and events per second."""

    def __init__(self, now: float) -> None:
        self.limits = Limits()
        self._events = Bucket(self.limits.events_per_second, now)
        self._frames: Bucket | None = None
        self._until = 0.0

    def become(self, granted: Limits, now: float) -> None:
        """What the console takes at most."""
        self.limits = granted
        self._events = Bucket(granted.events_per_second, now)

    def slow_down(self, asked: SlowDown, now: float) -> None:
        """Less for a while."""
        self._until = now + asked.seconds
        self._frames = Bucket(asked.frames_per_second, now)
        self._frames.spend(max(0, self._frames.allowed(now) - 1))
        self._events = Bucket(min(asked.events_per_second, self.limits.events_per_second), now)

    def frames(self, now: float) -> int:
        """How many frames of slices and events may go now."""
        if self._frames is not None and now >= self._until:
            self._frames = None
            self._events = Bucket(self.limits.events_per_second, now)
        return self.limits.unacknowledged if self._frames is None else self._frames.allowed(now)

    def events(self, now: float) -> int:
        """How many events may go now."""
        return self._events.allowed(now)

    def spend(self, frames: int, events: int) -> None:
        """So many went."""
        if self._frames is not None:
            self._frames.spend(frames)
        self._events.spend(events)
