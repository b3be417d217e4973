"""What a late slice changes beside its own minute: the keyframes after it, and the shares of slices that follow it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from recovery.models import Slice as Row

from . import keyframes
from .history import COLUMNS, History, Kept
from .tens import SLOT

LATE_SECONDS = 25  # a little less than ingest's: one too many only costs time


def consequences(start: int, end: int) -> set[int]:
    """Look at the slices of these slots that came late; the minutes whose shares change because of them."""
    minutes: set[int] = set()
    for kept in _late(start, end):
        history = History(kept.process, [])
        history.frame(kept)
        keyframes.put_late(kept.process, kept.own_slot, kept.slot, kept.message)
        for following in _following(kept):
            first, last = following.slot, following.slot + following.width - 1
            minutes.update(range(first * SLOT // 60 * 60, last * SLOT + 1, 60))
    return minutes


def _late(start: int, end: int) -> list[Kept]:
    rows = Row.objects.filter(slot__gte=start, slot__lt=end).order_by("process_id", "own_slot")
    found = []
    for *row, received in rows.values_list(*COLUMNS, "received_at").iterator(500):
        if received > datetime.fromtimestamp((row[2] + 1) * SLOT, UTC) + timedelta(seconds=LATE_SECONDS):
            found.append(Kept(*row))
    return found


def _following(kept: Kept) -> list[Kept]:
    """The slices of the process in which each of its names comes next."""
    breakers, operations = set(kept.breakers), set(kept.operations)
    found = []
    rows = Row.objects.filter(process=kept.process, own_slot__gt=kept.own_slot).order_by("own_slot")
    for row in rows.values_list(*COLUMNS).iterator(20):
        later = Kept(*row)
        if breakers & later.breakers.keys() or operations & later.operations.keys():
            found.append(later)
            breakers -= later.breakers.keys()
            operations -= later.operations.keys()
        if not breakers and not operations:
            break
    return found
