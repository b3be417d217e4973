"""What ingest counts about itself, from any thread: frames refused, rows kept, repeats, retries."""

from __future__ import annotations

from collections import Counter
from threading import Lock


class Counts:
    """Named counters since the process started."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def add(self, name: str, count: int = 1) -> None:
        """Count something."""
        if count:
            with self._lock:
                self._counts[name] += count

    def __getitem__(self, name: str) -> int:
        return self._counts[name]

    def as_dict(self) -> dict[str, int]:
        """All of them, by name."""
        with self._lock:
            return dict(sorted(self._counts.items()))
