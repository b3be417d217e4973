"""Hints after a commit: what changed at once, what merely counts on at most ten times a second."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from recovery.live.hints import send_hint

PAUSE = 0.1
PATIENT = frozenset({"error", "service"})  # topics that may wait so long

Hint = tuple[str, int]


class Hints:
    """Those that are due, each once. Used by the writer's thread only."""

    def __init__(self) -> None:
        self._waiting: set[Hint] = set()
        self._sent = 0.0

    def add(self, hints: Iterable[Hint]) -> None:
        """Take the hints of a commit."""
        for hint in sorted(hints):
            if hint[0] in PATIENT:
                self._waiting.add(hint)
            else:
                send_hint(*hint)
        if self.due == 0.0:
            self.flush()

    @property
    def due(self) -> float | None:
        """In how many seconds those that wait are to be sent; None: none waits."""
        return max(0.0, self._sent + PAUSE - monotonic()) if self._waiting else None

    def flush(self) -> None:
        """Send those that wait."""
        waiting, self._waiting = self._waiting, set()
        self._sent = monotonic()
        for topic, key in sorted(waiting):
            send_hint(topic, key)
