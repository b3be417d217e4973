"""Slices that came in parts: kept when all are there."""

from __future__ import annotations

from recovery import wire

from .closing import protocol
from .packing import joined

MOST_SLOTS = 4
MOST_PARTS = 64
Pending = dict[int, wire.Slice]


class Parts:
    """Slots of one link that are not whole yet."""

    def __init__(self) -> None:
        self._slots: dict[int, Pending] = {}

    def whole(self, part: wire.Slice) -> wire.Slice | None:
        """The slot, when this part completes it. Raises Closing beyond the bounds."""
        if part.parts == 1:
            self._slots.pop(part.slot, None)
            return part
        if part.parts > MOST_PARTS or part.part >= part.parts:
            raise protocol(f"slice.part: expected one of at most {MOST_PARTS} parts, got {part.part} of {part.parts}")
        pending = self._slots.setdefault(part.slot, {})
        if any(other.parts != part.parts for other in pending.values()):
            pending.clear()  # it was split anew
        pending[part.part] = part
        if len(self._slots) > MOST_SLOTS:
            raise protocol(f"slice.parts: expected at most {MOST_SLOTS} slots in the making, got {len(self._slots)}")
        return self._joined(part.slot) if len(pending) == part.parts else None

    def _joined(self, slot: int) -> wire.Slice:
        parts = [part for _, part in sorted(self._slots.pop(slot).items())]
        return joined(parts)
