"""How long to wait before the next attempt to reach the console: full jitter, so that a fleet does not come at once."""

from __future__ import annotations

from collections.abc import Callable

from recovery.engine import registry

FIRST = 0.5
MOST = 30.0


class Backoff:
    """Each wait is drawn from [0, cap]; the cap doubles from 0.5 s to 30 s and starts anew after a success."""

    def __init__(self, draw: Callable[[], float] = registry.jitter) -> None:
        self._draw = draw
        self._cap = FIRST

    def next(self) -> float:
        """Seconds to wait now."""
        wait = self._draw() * self._cap
        self._cap = min(MOST, self._cap * 2)
        return wait

    def longest(self) -> float:
        """Seconds to wait after a refusal: nothing will be better soon."""
        self._cap = MOST
        return MOST / 2 + self._draw() * MOST / 2

    def begin_anew(self) -> None:
        """It worked."""
        self._cap = FIRST
