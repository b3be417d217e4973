"""What a process had reported before a slice: the slices before it, back to the last keyframe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recovery.ingest.packing import unpack
from recovery.models import Slice as Row
from recovery.wire import BreakerSlice, OperationSlice, Slice

from . import keyframes
from .keyframes import EVERY, Part, State

COLUMNS = ("process_id", "own_slot", "slot", "width", "blob")
READ_AT_ONCE = 10


@dataclass(slots=True)
class Kept:
    """A stored slice. ``message`` is unpacked when it is needed."""

    process: int
    own_slot: int
    slot: int
    width: int
    blob: bytes
    _message: Slice | None = None
    _breakers: dict[str, BreakerSlice] | None = None
    _operations: dict[str, OperationSlice] | None = None

    @property
    def message(self) -> Slice:
        """What the process said."""
        if self._message is None:
            self._message = unpack(self.blob)
        return self._message

    def forget(self) -> None:
        """Free what was unpacked."""
        self._message = self._breakers = self._operations = None

    @property
    def breakers(self) -> dict[str, BreakerSlice]:
        """The breakers in it, by name."""
        if self._breakers is None:
            self._breakers = {part.name: part for part in self.message.breakers}
        return self._breakers

    @property
    def operations(self) -> dict[str, OperationSlice]:
        """The operations in it, by name."""
        if self._operations is None:
            self._operations = {part.name: part for part in self.message.operations}
        return self._operations


class Before:
    """The totals before a slice, by name; who is missing had none."""

    __slots__ = ("breakers", "operations")

    def __init__(self) -> None:
        self.breakers: dict[str, BreakerSlice] = {}
        self.operations: dict[str, OperationSlice] = {}


class History:
    """One process's slices, those at hand first. Neighbours by number need no question to the database."""

    def __init__(self, process: int, at_hand: Iterable[Kept]) -> None:
        self.process = process
        self._kept = {each.own_slot: each for each in at_hand}
        self._frame: tuple[int, tuple[int, State]] | None = None

    def before(self, kept: Kept) -> Before:
        """The totals before this slice of everything that is in it."""
        found, breakers, operations = Before(), set(kept.breakers), set(kept.operations)
        for earlier in self._back_from(kept.own_slot):
            _move(breakers, earlier.breakers, found.breakers)
            _move(operations, earlier.operations, found.operations)
            if not breakers and not operations:
                return found
        _, state = self._frame_before(kept.own_slot)
        _move(breakers, {name: part for name, (_, part) in state.breakers.items()}, found.breakers)
        _move(operations, {name: part for name, (_, part) in state.operations.items()}, found.operations)
        return found

    def frame(self, kept: Kept) -> None:
        """See that the window of this slice begins with a keyframe, unless nothing was before it."""
        begin = kept.own_slot // EVERY * EVERY
        if kept.own_slot > begin and kept.own_slot - 1 in self._kept:
            return  # the neighbour saw to it
        frame(self.process, begin)

    def _back_from(self, own_slot: int) -> Iterator[Kept]:
        """The slices before, newest first, back to the last keyframe."""
        lowest = own_slot
        while lowest - 1 in self._kept:
            lowest -= 1
            yield self._kept[lowest]
        limit, _ = self._frame_before(own_slot)
        while lowest > limit:
            chunk = [Kept(*row) for row in _read(self.process, limit, lowest, newest_first=True)[:READ_AT_ONCE]]
            yield from chunk
            lowest = chunk[-1].own_slot if len(chunk) == READ_AT_ONCE else limit

    def _frame_before(self, own_slot: int) -> tuple[int, State]:
        if self._frame is None or self._frame[0] != own_slot:
            self._frame = own_slot, keyframes.last_before(self.process, own_slot)
        return self._frame[1]


def _move(missing: set[str], there: dict[str, Part], found: dict[str, Part]) -> None:
    """Take what is missing from where it is."""
    here = missing & there.keys()
    for name in here:
        found[name] = there[name]
    missing -= here


def frame(process: int, own_slot: int) -> None:
    """Write the keyframe of everything before ``own_slot``, if it is not there."""
    last, state = keyframes.last_before(process, own_slot)
    if last == own_slot:
        return
    for row in _read(process, last, own_slot).iterator(100):
        kept = Kept(*row)
        state.take(kept.own_slot, kept.slot, kept.message)
    keyframes.keep(process, own_slot, state)


def _read(process: int, low: int, high: int, *, newest_first: bool = False):  # type: ignore[no-untyped-def]  # noqa: ANN202
    order = "-own_slot" if newest_first else "own_slot"
    rows = Row.objects.filter(process=process, own_slot__gte=low, own_slot__lt=high)
    return rows.order_by(order).values_list(*COLUMNS)


__all__ = ["COLUMNS", "History", "Kept", "State", "frame"]
