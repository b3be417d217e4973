"""Slices: one appended row per process and slot. Late ones mark their minutes, so that what was added up is again."""

from __future__ import annotations

from math import ceil
from typing import Any

from recovery import wire
from recovery.models import DirtyMinute, Slice
from recovery.models.sql import insert_new
from recovery.wire.limits import SLOT_SECONDS

from .jobs import Job, Refused
from .packing import pack
from .rows import Unit
from .times import slot

KEPT_SECONDS = 48 * 3600
LATE_SECONDS = 30  # from then on a minute may have been added up without it
AHEAD_SECONDS = 3600

_COLUMNS = ("process_id", "own_slot", "slot", "width", "received_at", "lost", "blob")
_LOST = 2**31 - 1


def keep(jobs: list[Job], unit: Unit) -> dict[int, Refused]:
    """Write those that are new; by job, why one can never be kept."""
    refused: dict[int, Refused] = {}
    rows, late = [], []
    for job in jobs:
        row = _row(job)
        if why := _bad(row, job):
            refused[id(job)] = Refused(why)
            unit.count("refused_slices")
            continue
        rows.append(row)
        _remember(job, unit)
        if (row[2] + 1) * SLOT_SECONDS < job.received.timestamp() - LATE_SECONDS:
            late.append(row)
    _mark(late)
    new = insert_new(Slice, _COLUMNS, rows)
    unit.count("slices", new)
    unit.count("repeated_slices", len(rows) - new)
    return refused


def _row(job: Job) -> tuple[Any, ...]:
    work, peer = job.work, job.peer
    assert isinstance(work, wire.Slice)
    assert peer is not None
    lost = min(_LOST, sum(each.lost for each in work.breakers))
    width = ceil(work.seconds / SLOT_SECONDS)
    return (peer.process, work.slot, slot(work.start, peer.offset), width, job.received, lost, pack(work))


def _bad(row: tuple[Any, ...], job: Job) -> str:
    now, starts, ends = job.received.timestamp(), row[2] * SLOT_SECONDS, (row[2] + row[3]) * SLOT_SECONDS
    if ends < now - KEPT_SECONDS:
        return "too old"
    return "in the future" if starts > now + AHEAD_SECONDS else ""


def _remember(job: Job, unit: Unit) -> None:
    """The last slot, and how the client said it was doing in it."""
    work, peer = job.work, job.peer
    assert isinstance(work, wire.Slice)
    assert peer is not None
    reporter = unit.reporters[peer.process]
    if work.slot < reporter.last_slot:
        return
    reporter.last_slot, reporter.changed = work.slot, True
    if work.client is not None:
        reporter.client = {name: getattr(work.client, name) for name in work.client.__struct_fields__}


def _mark(late: list[tuple[Any, ...]]) -> None:
    """The minutes of those that are not kept already."""
    if not late:
        return
    processes, slots = {row[0] for row in late}, {row[1] for row in late}
    kept = set(Slice.objects.filter(process__in=processes, own_slot__in=slots).values_list("process_id", "own_slot"))
    minutes = {
        number * SLOT_SECONDS // 60 * 60
        for row in late
        if row[:2] not in kept
        for number in range(row[2], row[2] + row[3])
    }
    insert_new(DirtyMinute, ("at",), [(minute,) for minute in sorted(minutes)])
