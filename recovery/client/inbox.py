"""The way from any thread to the client's own: bounded, without a lock, never waiting."""

from __future__ import annotations

from collections import deque

from recovery.wire import AnyEvent

CAPACITY = 2_000


class Inbox:
    """``offer`` takes an event or says no; the client's thread takes them out."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._events: deque[AnyEvent] = deque()
        self.refused = 0  # may miss one now and then: threads do not wait for each other here

    def offer(self, event: AnyEvent) -> bool:
        """Whether it was taken."""
        if len(self._events) >= self._capacity:
            self.refused += 1
            return False
        self._events.append(event)
        return True

    def take(self) -> list[AnyEvent]:
        """Everything that waits."""
        return [self._events.popleft() for _ in range(len(self._events))]
