"""How far back a chart looks, in which steps, and which aggregates it reads for that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.models import BreakerDay, BreakerHour, BreakerMinute, BreakerTen
from recovery.rollups.retention import horizon

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Span:
    """So many steps of so many seconds. The newest steps may not be whole in their own level: `finer` has them."""

    name: str
    word: str
    model: Any
    level: str  # as retention names it
    seconds: int
    count: int
    axis: str  # how the times below are written
    finer: Any
    unsettled: int  # s after its end that a step's own row may be missing or short; 0: the finer rows are not asked
    lag: int  # s that what is read is behind what is added up: a step that young without a row is no zero

    @property
    def open_step(self) -> bool:
        """Whether the last step is the one that goes on: a long one would be missed for too long."""
        return self.seconds >= HOUR

    def kept_since(self, now: datetime) -> int:
        """Where retention has cut."""
        return horizon(self.level, now)


# Never more than two hundred rows: the steps, and the finer ones of the end.
SPANS = {
    span.name: span
    for span in (
        Span("15m", "15 min", BreakerTen, "tens", 10, 90, "minute", BreakerTen, 0, 0),
        Span("1h", "1 h", BreakerMinute, "minutes", MINUTE, 60, "minute", BreakerTen, 180, 0),
        Span("24h", "24 h", BreakerHour, "hours", HOUR, 24, "minute", BreakerMinute, 900, 150),
        Span("7d", "7 d", BreakerHour, "hours", HOUR, 168, "day", BreakerHour, 0, 900),
        Span("90d", "90 d", BreakerDay, "days", DAY, 90, "day", BreakerHour, 1200, 900),
    )
}
SHORTEST = "15m"
