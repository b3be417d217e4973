"""Keyframes: the state of a process's totals now and then. Late slices are put into those that they belong to."""

from __future__ import annotations

import zlib
from typing import Any, TypeVar

import msgspec

from recovery.models import Keyframe
from recovery.wire import BreakerSlice, OperationSlice, Slice

EVERY = 60  # slots of the process: whoever looks for totals reads at most about so many slices

Part = TypeVar("Part", BreakerSlice, OperationSlice)


class State(msgspec.Struct):
    """By name the newest totals, and the slot (of the process's clock) they are from. ``slot``: the newest on ours."""

    breakers: dict[str, tuple[int, BreakerSlice]] = {}
    operations: dict[str, tuple[int, OperationSlice]] = {}
    slot: int = 0

    def take(self, own_slot: int, slot: int, message: Slice) -> bool:
        """Put a slice in, in any order; whether it changed anything."""
        changed = _newest(self.breakers, own_slot, message.breakers)
        changed = _newest(self.operations, own_slot, message.operations) or changed
        self.slot = max(self.slot, slot)
        return changed

    @property
    def empty(self) -> bool:
        """Nothing was ever reported."""
        return not self.breakers and not self.operations


def _newest(known: dict[str, tuple[int, Part]], own_slot: int, parts: tuple[Part, ...]) -> bool:
    changed = False
    for part in parts:
        old = known.get(part.name)
        if old is None or old[0] < own_slot:
            known[part.name] = (own_slot, _bare(part))
            changed = True
    return changed


def _bare(part: Part) -> Part:
    """Without the tape: totals are all that is needed."""
    return msgspec.structs.replace(part, tape=(), cut=False, lost=0) if hasattr(part, "tape") else part


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(State).decode


def packed(state: State) -> bytes:
    """The bytes to store."""
    return zlib.compress(_encode(state), 3)


def unpacked(blob: Any) -> State:
    """The state again."""
    return _decode(zlib.decompress(bytes(blob)))


def last_before(process: int, own_slot: int) -> tuple[int, State]:
    """The newest keyframe that has nothing from ``own_slot`` on, and where it ends; (0, nothing) if there is none."""
    found = Keyframe.objects.filter(process=process, own_slot__lte=own_slot).order_by("-own_slot")
    row = found.values_list("own_slot", "blob").first()
    return (row[0], unpacked(row[1])) if row else (0, State())


def keep(process: int, own_slot: int, state: State) -> None:
    """Write a keyframe, once."""
    if not state.empty:
        Keyframe.objects.bulk_create(
            [Keyframe(process_id=process, own_slot=own_slot, slot=state.slot, blob=packed(state))],
            ignore_conflicts=True,
        )


def put_late(process: int, own_slot: int, slot: int, message: Slice) -> None:
    """Put a late slice into every later keyframe that does not know it yet."""
    later = Keyframe.objects.filter(process=process, own_slot__gt=own_slot).order_by("own_slot")
    for key in list(later.values_list("pk", flat=True)):
        state = unpacked(Keyframe.objects.values_list("blob", flat=True).get(pk=key))
        if not state.take(own_slot, slot, message):
            return  # newer totals of everything in it are known here, and so they are later on
        Keyframe.objects.filter(pk=key).update(blob=packed(state), slot=state.slot)
