"""Slices to rows of ten seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from recovery.models import BreakerTen, OperationTen
from recovery.models import Slice as Row

from .history import COLUMNS, History, Kept
from .names import Names
from .shares import Share, breaker_share, operation_share, spread
from .sums import BreakerSum, OperationSum
from .writing import BREAKERS, OPERATIONS, Key, replace

SLOT = 10
LOOK_BACK = 6  # slots, for a slice that began earlier and reaches in; longer ones mark every minute they reach dirty
WIDEST = 360


def compute(start: int, end: int, *, wide: list[Kept] | None = None, final: bool = False) -> int:
    """Make the rows of the slots from start to before end right; how many were written.

    ``wide``: slices that may reach into the span (by default those that began just before). ``final``: keep keyframes.
    """
    early = reaching(start, start, LOOK_BACK) if wide is None else wide
    kept = [each for each in early if each.slot < start < each.slot + each.width] + _read(start, end)
    adding = _Adding(start, end, Names(each.process for each in kept))
    for process, slices in _by_process([*kept, *_neighbours(kept, start)]).items():
        adding.process(process, slices, final=final)
    span = start * SLOT, end * SLOT
    written = replace(BREAKERS, BreakerTen, span, {key: each.values() for key, each in adding.breakers.items()})
    return written + replace(
        OPERATIONS, OperationTen, span, {k: each.values() for k, each in adding.operations.items()}
    )


def reaching(start: int, end: int, look_back: int = WIDEST) -> list[Kept]:
    """Slices of more than one slot that begin before ``end`` and not long before ``start``."""
    return _kept(Row.objects.filter(slot__gte=start - look_back, slot__lt=end, width__gt=1))


def _read(start: int, end: int) -> list[Kept]:
    return _kept(Row.objects.filter(slot__gte=start, slot__lt=end))


def _neighbours(kept: list[Kept], start: int) -> list[Kept]:
    """What lies just before, in one question for all processes: mostly it has the totals that are needed."""
    if not kept:
        return []
    there = {(each.process, each.own_slot) for each in kept}
    rows = _kept(Row.objects.filter(slot__gte=start - 2, slot__lt=start))
    processes = {each.process for each in kept}
    return [row for row in rows if row.process in processes and (row.process, row.own_slot) not in there]


def _kept(rows: Any) -> list[Kept]:
    return [Kept(*row) for row in rows.values_list(*COLUMNS).iterator(500)]


def _by_process(kept: Iterable[Kept]) -> dict[int, list[Kept]]:
    found: dict[int, list[Kept]] = defaultdict(list)
    for each in kept:
        found[each.process].append(each)
    return found


class _Adding:
    """The sums of the slots of a span."""

    def __init__(self, start: int, end: int, names: Names) -> None:
        self.start, self.end, self.names = start, end, names
        self.breakers: dict[Key, BreakerSum] = defaultdict(BreakerSum)
        self.operations: dict[Key, OperationSum] = defaultdict(OperationSum)

    def process(self, process: int, slices: list[Kept], *, final: bool) -> None:
        """Add the slices of one process that reach into the span."""
        history = History(process, slices)
        for kept in sorted(slices, key=lambda each: each.own_slot):
            if kept.slot + kept.width <= self.start:
                continue
            self._add(kept, history)
            if final:
                history.frame(kept)
        for kept in slices:
            kept.forget()

    def _add(self, kept: Kept, history: History) -> None:
        before = history.before(kept)
        ids = self.names.breakers(kept.process)
        for name, part in kept.breakers.items():
            if name in ids:
                self._put(self.breakers, ids[name], kept, breaker_share(part, before.breakers.get(name)), part.state)
        ids = self.names.operations(kept.process)
        for name, operation in kept.operations.items():
            if name in ids:
                share = operation_share(operation, before.operations.get(name))
                self._put(self.operations, ids[name], kept, share, "")

    def _put(self, sums: dict[Key, Any], key: int, kept: Kept, share: Share, state: str) -> None:
        if kept.width == 1:
            sums[key, kept.slot * SLOT].add(share, state, kept.process)
            return
        for index, part in enumerate(spread(share, kept.width)):
            slot = kept.slot + index
            if self.start <= slot < self.end:
                sums[key, slot * SLOT].add(part, state, kept.process)
