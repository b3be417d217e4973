"""A clock in whole nanoseconds, exact on purpose, that may let something happen while it is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2030, 1, 1, tzinfo=UTC)
SECOND = 1_000_000_000


class NanoClock:
    """``at`` is the time in ns; ``meanwhile`` runs once, after the next reading and before its reader goes on."""

    def __init__(self, at: int = 1000 * SECOND) -> None:
        self.at = at
        self.meanwhile: Callable[[], object] | None = None

    def monotonic_ns(self) -> int:
        at, meanwhile, self.meanwhile = self.at, self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        return at

    def monotonic(self) -> float:
        return self.at / SECOND

    def now(self) -> datetime:
        return EPOCH + timedelta(microseconds=self.at / 1000)

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    async def asleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.at += round(seconds * SECOND)
