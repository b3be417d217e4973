"""Figures over time: what the difference of two snapshots says. Everything shown comes from ``snapshot()``."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recovery.engine import BreakerState
from recovery.engine.snapshot import percentile

if TYPE_CHECKING:
    from recovery.engine import CircuitBreaker
    from recovery.engine.events import Transition
    from recovery.engine.snapshot import BreakerSnapshot

SPAN = 2.0  # s that a rate looks back
CELLS = 120  # bars of a sparkline that are kept


@dataclass
class Cell:
    """One bar of the sparklines."""

    calls: int = 0
    failed: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Sample:
    """The cumulative figures at one moment (s, monotonic)."""

    at: float
    calls: int
    failed: int
    refused: int
    counts: list[int]


@dataclass(frozen=True)
class Figures:
    """What happened between two samples. A figure is None where nothing can be said."""

    calls_per_second: float | None
    failed_percent: float | None
    refused_per_second: float | None
    p50: float | None
    p95: float | None


@dataclass
class Story:
    """What has happened to a breaker since the watch began."""

    opened: int = 0
    failed_probes: int = 0
    closed: int = 0
    seconds_saved: float = 0.0


class Watch:
    """Looks at one breaker again and again; ``cell`` is how many seconds a bar of the sparkline stands for."""

    def __init__(self, breaker: CircuitBreaker, cell: float, at: float) -> None:
        self._breaker = breaker
        self._cell = cell
        self._began = at
        self._typical = 0.0  # s that a call took which was let in lately
        self.snapshot = breaker.snapshot()
        self._samples = deque([_sample(self.snapshot, at)])
        self._cursor = self.snapshot.sequence
        self.cells: deque[Cell] = deque([Cell()], maxlen=CELLS)
        self._cells = 1  # begun so far
        self.story = Story()
        self.figures = Figures(None, None, None, None, None)

    def look(self, at: float) -> list[Transition]:
        """Take a snapshot; returns the transitions since the last one."""
        self.snapshot = snapshot = self._breaker.snapshot()
        before, now = self._samples[-1], _sample(snapshot, at)
        self._samples.append(now)
        while len(self._samples) > 2 and self._samples[1].at <= at - SPAN:
            self._samples.popleft()
        self.figures = between(self._samples[0], now)
        self._add(before, now)
        new = [made for made in snapshot.transitions if made.sequence > self._cursor]
        self._cursor = snapshot.sequence
        for made in new:
            self._remember(made)
        return new

    def _add(self, before: Sample, now: Sample) -> None:
        """To the present bar, and to the time saved: each refused call would have taken what the last ones took."""
        for _ in range(min(CELLS, int((now.at - self._began) / self._cell) + 1 - self._cells)):
            self.cells.append(Cell())
        self._cells = int((now.at - self._began) / self._cell) + 1
        cell, refused = self.cells[-1], now.refused - before.refused
        cell.calls += now.calls - before.calls
        cell.failed += now.failed - before.failed
        cell.refused += refused
        self.story.seconds_saved += refused * self._typical
        typical = between(before, now).p50
        if typical is not None:
            self._typical = typical

    def _remember(self, made: Transition) -> None:
        if made.after is BreakerState.OPEN:
            self.story.opened += made.before is BreakerState.CLOSED
            self.story.failed_probes += made.before is BreakerState.HALF_OPEN
        elif made.after is BreakerState.CLOSED:
            self.story.closed += 1


def between(before: Sample, now: Sample) -> Figures:
    """The rates, shares and times of what happened from one sample to the other."""
    seconds = now.at - before.at
    calls, refused = now.calls - before.calls, now.refused - before.refused
    admitted = calls - refused
    hist = [b - a for a, b in zip(before.counts, now.counts, strict=True)]
    return Figures(
        calls_per_second=calls / seconds if seconds > 0 else None,
        failed_percent=(now.failed - before.failed) * 100 / admitted if admitted > 0 else None,
        refused_per_second=refused / seconds if seconds > 0 else None,
        p50=percentile(hist, 50),
        p95=percentile(hist, 95),
    )


def _sample(snapshot: BreakerSnapshot, at: float) -> Sample:
    totals = snapshot.totals
    counts = list(snapshot.latency["counts"]) if snapshot.latency is not None else []
    return Sample(at, totals["calls"], totals["failures"], totals["refused"], counts)
