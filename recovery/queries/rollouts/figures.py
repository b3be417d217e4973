"""How the two sides of a rollout fare in the same minutes, from what each process reports.

Aggregates are sums over processes, so this reads slices. Totals in them are cumulative: of each compared process its
totals before the stage and its newest ones are kept with the rollout, so a turn reads only the slots since the last.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from math import ceil
from typing import Any

from recovery.guardrail import Side
from recovery.ingest.packing import unpack
from recovery.models import Rollout, Slice, Transition
from recovery.wire.limits import SLOT_SECONDS

from .running import NEW, OLD, Runs, who
from .totals import NOTHING, Entry, side, totals_of

MOST_COMPARED = 50  # processes on a side
MOST_SLOTS = 60  # that are read in a turn
MOST_OPENINGS = 5_000
LOOK_BACK = 6  # slots before the first that counts, for the totals until then
SETTLED = 8  # s after its end a slot has come in from nearly all processes

Entries = dict[str, Entry]


@dataclass(frozen=True, slots=True)
class Reading:
    """Both sides, and what the next turn builds on."""

    new: Side
    old: Side
    measured: dict[str, Any]


def read(rollout: Rollout, at: datetime) -> Reading:
    """Five queries, four for an operation."""
    end = int(at.timestamp() - SETTLED) // SLOT_SECONDS
    entries = {key: Entry.kept(row) for key, row in rollout.measured.get("of", {}).items()}
    there = _compared(entries, who(rollout))
    fresh = [_enter(entries, rollout, runs) for runs in there]
    start = min([rollout.measured.get("upto", end), *(since - LOOK_BACK for since in fresh if since is not None)])
    _take(entries, rollout, [runs.process for runs in there], max(start, end - MOST_SLOTS), end)
    for runs in there:
        entries[str(runs.process)].until = max(end, entries[str(runs.process)].since)
    opens = rollout.kind == "breaker"
    if opens:
        _count_openings(entries, rollout)
    sides = [
        side((each for each in entries.values() if each.new is new), SLOT_SECONDS, opens=opens) for new in (True, False)
    ]
    return Reading(sides[0], sides[1], {"upto": end, "of": {key: asdict(each) for key, each in entries.items()}})


def _compared(entries: Entries, there: tuple[Runs, ...]) -> list[Runs]:
    """Those whose side is known, so many of each; who was compared before stays."""
    found = []
    for word in (NEW, OLD):
        its = sorted((runs for runs in there if runs.word == word), key=lambda runs: str(runs.process) not in entries)
        found += its[:MOST_COMPARED]
    return found


def _enter(entries: Entries, rollout: Rollout, runs: Runs) -> int | None:
    """Its entry, made where it is new on its side; the first slot of a new one."""
    key, new = str(runs.process), runs.word == NEW
    if key in entries and entries[key].new is new:
        return None
    began = max(rollout.stage_since, runs.arrived, runs.since or rollout.stage_since)
    since = ceil(began.timestamp() / SLOT_SECONDS)
    first = NOTHING if runs.arrived >= rollout.stage_since else None  # it started with nothing
    entries[key] = Entry(new, since, since, first=first)
    return since


def _take(entries: Entries, rollout: Rollout, processes: list[int], start: int, end: int) -> None:
    """The slices of these slots."""
    rows = Slice.objects.filter(process__in=processes, slot__gte=start, slot__lt=end).order_by("slot")
    for process, slot, width, blob in rows.values_list("process_id", "slot", "width", "blob").iterator(200):
        totals = totals_of(unpack(blob), rollout.kind, rollout.target)
        if totals is not None:
            entries[str(process)].take(slot, width, totals)


def _count_openings(entries: Entries, rollout: Rollout) -> None:
    """Of closed breakers, in the slots that count."""
    first = min((each.since for each in entries.values()), default=0) * SLOT_SECONDS
    rows = Transition.objects.filter(
        breaker__service=rollout.service_id,
        breaker__name=rollout.target,
        process__in=list(map(int, entries)),
        kind="transition",
        before="CLOSED",
        after="OPEN",
        at__gte=datetime.fromtimestamp(first, rollout.stage_since.tzinfo),
    )
    for each in entries.values():
        each.openings = 0
    for process, at in rows.values_list("process_id", "at")[:MOST_OPENINGS]:
        mine = entries[str(process)]
        mine.openings += mine.since <= at.timestamp() / SLOT_SECONDS < mine.until
