"""How much one process may send: a bucket that fills up again."""

from __future__ import annotations

from recovery.moment import clock

EVENTS_PER_SECOND = 1_000.0
BURST_SECONDS = 5.0


class Bucket:
    """Events that may still come."""

    def __init__(self, rate: float = EVENTS_PER_SECOND) -> None:
        self._rate = rate
        self._left = rate * BURST_SECONDS
        self._at = clock().monotonic()

    def takes(self, count: int) -> bool:
        """Take so many out; whether they were within the rate."""
        now = clock().monotonic()
        self._left = min(self._rate * BURST_SECONDS, self._left + (now - self._at) * self._rate)
        self._at = now
        within = count <= self._left
        self._left = max(0.0, self._left - count)
        return within
