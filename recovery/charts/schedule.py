"""The schedule of a retry: when each attempt begins at the earliest and at the latest, while all of them fail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from .scale import ceiling

WIDTH, ROW, BAR = 1000.0, 16, 8
DRAWN = 16  # attempts
TOLD = 50  # attempts in the table
SHORTEST, LONGEST = 1e-6, 1e12  # s that are drawn
NARROWEST = 3.0  # what has no width is seen all the same


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt (s since the first began). ``latest`` None: with the longest waits it is not made any more."""

    number: int
    shortest: float  # the wait before it
    longest: float | None
    earliest: float
    middle: float | None
    latest: float | None
    x: float = 0.0
    width: float = 0.0
    tick: float | None = None
    y: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """What the template draws and tells."""

    attempts: tuple[Attempt, ...]  # the first ones; those that are drawn have a place
    count: int  # attempts at most
    cut: bool  # there are more, which nobody counted
    total: tuple[float, float]  # s waited in all: the shortest course and the longest
    most: float  # s at the right edge
    why: str  # it ends

    @property
    def drawn(self) -> tuple[Attempt, ...]:
        """Those in the picture."""
        return self.attempts[:DRAWN]

    @property
    def height(self) -> int:
        """Of the picture."""
        return ROW * len(self.drawn)

    @property
    def words(self) -> str:
        """The picture for who does not see it."""
        attempts = f"{self.count} {'or more ' * self.cut}attempt{'s' * (self.count != 1)}"
        low, high = self.total
        return f"{attempts}, waiting {low:.3g} to {high:.3g} s in all; the table has each"


def schedule(
    low: Sequence[float], middle: Sequence[float], high: Sequence[float], *, why: str = "", cut: bool = False
) -> Schedule:
    """Draw three courses of waits (s): with the shortest, the middle and the longest ones."""
    low, middle, high = ([min(wait, LONGEST) for wait in waits] for waits in (low, middle, high))
    totals = sum(low), sum(high)
    count = max(len(low), len(middle), len(high)) + 1
    begins = [list(accumulate(waits, initial=0.0)) for waits in (low, middle, high)]
    shown = range(min(count, TOLD))
    most = ceiling(max(SHORTEST, *(_at(each, min(count, DRAWN) - 1) for each in begins)))
    attempts = tuple(_attempt(number, low, high, begins, most) for number in shown)
    return Schedule(attempts, count, cut, (min(totals), max(totals)), most, why)


def _at(begins: Sequence[float], place: int) -> float:
    return begins[min(place, len(begins) - 1)]


def _attempt(
    place: int, low: Sequence[float], high: Sequence[float], begins: Sequence[Sequence[float]], most: float
) -> Attempt:
    earliest, middle, latest = (each[place] if place < len(each) else None for each in begins)
    start = earliest if earliest is not None else latest or 0.0
    unit = (WIDTH - NARROWEST) / most
    end = latest if latest is not None else most
    return Attempt(
        number=place + 1,
        shortest=_wait(low, place) or 0.0,
        longest=_wait(high, place),
        earliest=start,
        middle=middle,
        latest=latest,
        x=round(start * unit, 2),
        width=round(max((end - start) * unit, NARROWEST), 2),
        tick=round(middle * unit, 2) if middle is not None else None,
        y=ROW * place + (ROW - BAR) // 2,
    )


def _wait(waits: Sequence[float], place: int) -> float | None:
    if not place:
        return 0.0
    return waits[place - 1] if place <= len(waits) else None
