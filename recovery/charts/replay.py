"""Two ribbons over the same time: in how many processes a breaker was open, under the present and other settings.

The height says in how many, hatching says open, dots say that nobody was there to record; colour says nothing alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

WIDTH, HEIGHT = 250, 24  # about as wide as it is drawn, so that the hatching is not squeezed
COLUMNS = 250
ROWS = 12  # of the table
LOWEST = 5  # one process of many is seen

Stretches = Sequence[tuple[int, int]]  # ms, in order


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a ribbon in which so many processes were open."""

    x: float
    width: float
    y: int
    high: int


@dataclass(frozen=True, slots=True)
class Cell:
    """One ribbon in one span of the table."""

    openings: int
    open_ms: int

    @property
    def words(self) -> str:
        """How long it was open, added up over the processes."""
        return spoken(self.open_ms)


@dataclass(frozen=True, slots=True)
class Row:
    """A span of the table."""

    at: int
    present: Cell
    proposed: Cell
    linked: bool

    @property
    def moment(self) -> datetime:
        """Where it begins."""
        return datetime.fromtimestamp(self.at / 1000, UTC)


@dataclass(frozen=True, slots=True)
class Ribbons:
    """What the template draws, and the same as a table."""

    present: tuple[Bar, ...]
    proposed: tuple[Bar, ...]
    missing: str  # path data of the columns of which nothing is known
    rows: tuple[Row, ...]
    marks: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One configuration: of each process when it opened and the stretches in which it was open (ms)."""

    openings: tuple[tuple[int, ...], ...]
    stretches: tuple[Stretches, ...]


def ribbons(present: Drawn, proposed: Drawn, linked: Stretches, begin: int, end: int) -> Ribbons:
    """``linked``: the times in which somebody was there to record. ``begin`` and ``end`` in ms."""
    known = _columns([linked], begin, end)
    return Ribbons(
        present=tuple(_bars(present, begin, end)),
        proposed=tuple(_bars(proposed, begin, end)),
        missing="".join(f"M{i} 0h1v{HEIGHT}h-1z" for i, count in enumerate(known) if not count),
        rows=tuple(_rows(present, proposed, linked, begin, end)),
        marks=tuple(datetime.fromtimestamp((begin + (end - begin) * n / 2) / 1000, UTC) for n in range(3)),
    )


def spoken(milliseconds: int) -> str:
    """``0 s``, ``0.4 s``, ``42 s``, ``2 min 10 s``, ``3 h 5 min``."""
    if 0 < milliseconds < 9_950:
        return f"{max(0.1, milliseconds / 1000):.1f} s".replace(".0 s", " s")
    seconds = round(milliseconds / 1000)
    if seconds < 60:
        return f"{seconds} s"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = (f"{hours} h", f"{minutes} min") if hours else (f"{minutes} min", f"{seconds} s")
    return " ".join(part for part in parts if not part.startswith("0 "))


def _columns(of_each: Iterable[Stretches], begin: int, end: int) -> list[int]:
    """In how many processes each column was open at all."""
    change, length = [0] * (COLUMNS + 1), max(1, end - begin)
    for stretches in of_each:
        last = -1
        for since, until in stretches:
            low = max(last + 1, (max(since, begin) - begin) * COLUMNS // length)
            high = min(COLUMNS - 1, (min(until, end) - 1 - begin) * COLUMNS // length)
            if low <= high:
                change[low] += 1
                change[high + 1] -= 1
                last = high
    counts, present = [], 0
    for by in change[:COLUMNS]:
        present += by
        counts.append(present)
    return counts


def _bars(drawn: Drawn, begin: int, end: int) -> Iterable[Bar]:
    counts, step, most = _columns(drawn.stretches, begin, end), WIDTH / COLUMNS, max(1, len(drawn.stretches))
    start = 0
    for i in range(1, COLUMNS + 1):
        if i < COLUMNS and counts[i] == counts[start]:
            continue
        if counts[start]:
            high = max(LOWEST, round(HEIGHT * counts[start] / most))
            yield Bar(round(start * step, 1), round((i - start) * step, 1), HEIGHT - high, high)
        start = i


def _rows(present: Drawn, proposed: Drawn, linked: Stretches, begin: int, end: int) -> Iterable[Row]:
    edges = [begin + (end - begin) * n // ROWS for n in range(ROWS + 1)]
    for since, until in pairwise(edges):
        there = any(a < until and b > since for a, b in linked)
        yield Row(since, _cell(present, since, until), _cell(proposed, since, until), there)


def _cell(drawn: Drawn, since: int, until: int) -> Cell:
    return Cell(
        openings=sum(since <= at < until for openings in drawn.openings for at in openings),
        open_ms=sum(max(0, min(b, until) - max(a, since)) for each in drawn.stretches for a, b in each),
    )
