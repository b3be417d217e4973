"""What is kept of one breaker over the last hours, read process by process with a fixed number of queries.

Slices are read one after the other and only the breaker's own part of each is kept: what stays in memory is a number,
a time and a kind for each failure and slow call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import F, Max, Q

from recovery.ingest.packing import part_of
from recovery.models import Breaker, BreakerNow, Keyframe, LinkInterval, Policy, Slice, Transition
from recovery.rollups.keyframes import EVERY, unpacked

from .stays import Changed, Stays, stays
from .tape import Tape, Totals

SLOT = 10
MOST_PROCESSES = 50
MOST_SLICES = 70_000  # of all processes: so much is read in about two seconds
MOST_ENTRIES = 1_000_000
MOST_TRANSITIONS = 100_000
MOST_LINKS = 2_000
EARLIER = 3600  # s before the span that are read too, where they are kept, to fill the windows


@dataclass(frozen=True, slots=True)
class Span:
    """From ``begin`` until ``end`` (s since the epoch)."""

    hours: int
    begin: int
    end: int


@dataclass(slots=True)
class OfProcess:
    """One process's share."""

    id: int
    label: str
    began: int  # ms: when it was first heard of
    ended: int  # ms: when it was heard last
    offset: int  # ms that its clock is ahead of ours
    state: str
    config: dict[str, Any]
    left: bool
    stopped: int | None = None  # ms: it failed too often, and is read until then
    tape: Tape = field(default_factory=Tape)
    stays: Stays = field(default_factory=Stays)


@dataclass(frozen=True, slots=True)
class Recording:
    """Of all processes. ``left_out``: processes that are not read, because it would be too much."""

    span: Span
    processes: tuple[OfProcess, ...]
    left_out: int
    policies: int  # published in the span
    linked: tuple[tuple[int, int], ...]  # ms: when any of its processes was linked


def read(breaker: Breaker, span: Span) -> Recording:
    """Eight queries."""
    begin = datetime.fromtimestamp(span.begin, UTC)
    until = datetime.fromtimestamp(span.end, UTC)
    everyone = BreakerNow.objects.filter(
        breaker=breaker, process__heard_at__gte=begin, process__first_seen_at__lt=until
    )
    total = everyone.count()
    chosen = _affordable(_processes(everyone), span)
    frames = _frames(chosen, span)
    changes = _changes(breaker, chosen, begin, until)
    read_to = _slices(breaker.name, chosen, frames, span)
    for each in read_to:
        first = each.tape.slots[0].start if each.tape.slots else span.begin * 1000
        rows = changes.get(each.id, [])
        each.stays = stays(rows, rows[0].before if rows else each.state, first)
    named = Policy.objects.filter(service=breaker.service_id, kind="breaker", target=breaker.name)
    return Recording(
        span=span,
        processes=tuple(each for each in read_to if each.tape.slots),
        left_out=total - len(read_to),
        policies=named.filter(created_at__gte=begin, created_at__lt=until).count(),
        linked=_linked(breaker, begin, until),
    )


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _processes(everyone: Any) -> list[OfProcess]:
    found = everyone.select_related("process").order_by("-process__heard_at", "-process_id")[:MOST_PROCESSES]
    return [
        OfProcess(
            id=now.process_id,
            label=str(now.process),
            began=_ms(now.process.first_seen_at),
            ended=_ms(now.process.heard_at),
            offset=now.process.clock_offset_ms,
            state=now.state,
            config=now.config,
            left=now.process.left_at is not None,
        )
        for now in found
    ]


def _affordable(processes: list[OfProcess], span: Span) -> list[OfProcess]:
    """Those heard from last, until there would be too many slices to read."""
    chosen: list[OfProcess] = []
    slices = 0
    for each in processes:
        slices += (min(each.ended, span.end * 1000) - max(each.began, span.begin * 1000)) // (SLOT * 1000) + 1
        if chosen and slices > MOST_SLICES:
            break
        chosen.append(each)
    return chosen


def _frames(processes: list[OfProcess], span: Span) -> dict[int, tuple[int, bytes]]:
    """The totals before the first slice that is read: of each process the last keyframe that leaves some minutes to
    fill the windows.
    """
    before = F("process__clock_offset_ms") / (SLOT * 1000) + span.begin // SLOT - EVERY
    its = Keyframe.objects.filter(process__in=[each.id for each in processes], own_slot__lte=before)
    lasts = dict(its.order_by().values_list("process_id").annotate(last=Max("own_slot")))
    either = Q(process__in=())
    for process, own_slot in lasts.items():
        either |= Q(process=process, own_slot=own_slot)
    rows = Keyframe.objects.filter(either).values_list("process_id", "own_slot", "blob")
    return {process: (own_slot, bytes(blob)) for process, own_slot, blob in rows}


def _changes(
    breaker: Breaker, processes: list[OfProcess], begin: datetime, until: datetime
) -> dict[int, list[Changed]]:
    its = Transition.objects.filter(
        breaker=breaker, process__in=[each.id for each in processes], kind="transition",
        at__gte=begin - timedelta(seconds=EARLIER), at__lt=until,
    )  # fmt: skip
    rows = its.order_by("process_id", "seq").values_list("process_id", "before", "after", "cause", "evidence", "at")
    found: dict[int, list[Changed]] = defaultdict(list)
    for process, before, after, cause, evidence, at in rows[:MOST_TRANSITIONS].iterator(2000):
        found[process].append(Changed(before, after, cause, evidence, _ms(at)))
    return found


def _slices(name: str, processes: list[OfProcess], frames: dict[int, tuple[int, bytes]], span: Span) -> list[OfProcess]:
    """Fill the tapes; those who were read to the end."""
    known = {each.id: each for each in processes}
    lowest = {each.id: _lowest(each, frames.get(each.id), span) for each in processes}
    rows = Slice.objects.filter(
        process__in=known, own_slot__gte=min(lowest.values(), default=0), slot__lt=span.end // SLOT
    ).order_by("process_id", "own_slot")
    for each in processes:
        each.tape.totals = _totals(each, frames.get(each.id), name, lowest[each.id])
    entries, first = 0, 0
    for process, own_slot, blob in rows.values_list("process_id", "own_slot", "blob").iterator(500):
        if process not in known or own_slot < lowest[process]:
            continue
        found = part_of(blob, name)
        if found is None:
            continue
        start, seconds, part = found
        entries += len(part.tape)
        first = first or process
        at = round(start * 1000) - known[process].offset
        if entries <= MOST_ENTRIES:
            known[process].tape.add(at, at + seconds * 1000, part)
        elif process == first:
            known[process].stopped = at
            lowest[process] = own_slot + span.end  # it has had its share
        else:
            known.pop(process)
    return list(known.values())


def _lowest(process: OfProcess, frame: tuple[int, bytes] | None, span: Span) -> int:
    """The first slot to read, by its number on the process's clock."""
    earliest = (span.begin - EARLIER) // SLOT + process.offset // (SLOT * 1000)
    return max(frame[0], 0) if frame else earliest


def _totals(process: OfProcess, frame: tuple[int, bytes] | None, name: str, lowest: int) -> Totals | None:
    """What it had counted before; None where nobody knows."""
    if frame is not None:
        found = unpacked(frame[1]).breakers.get(name)
        part = found[1] if found else None
        return Totals(part.successes, part.failures, part.slow, part.refused) if part else Totals()
    born_within = process.began + process.offset >= (lowest + 1) * SLOT * 1000
    return Totals() if born_within else None


def _linked(breaker: Breaker, begin: datetime, until: datetime) -> tuple[tuple[int, int], ...]:
    """The times in which any process of the breaker was linked, run together."""
    its = LinkInterval.objects.filter(process__breakers_now__breaker=breaker, began_at__lt=until)
    its = its.filter(Q(ended_at=None) | Q(ended_at__gte=begin)).order_by("began_at")
    rows = [
        (max(_ms(since), _ms(begin)), min(_ms(ended or until), _ms(until)))
        for since, ended in its.values_list("began_at", "ended_at")[:MOST_LINKS]
    ]
    return tuple(_together(rows))


def _together(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], until)
        else:
            found.append((since, until))
    return found
