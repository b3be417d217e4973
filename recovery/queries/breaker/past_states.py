"""How a breaker stood over a span: the worst of its processes at each moment, from what each of them told.

A process that changed inside the span says by its first change how it stood before it; one that did not change stood
as it stands now, or stood when it was heard last. How it stood in a process that is gone is forgotten after a while:
then the last change before the span says it, as far back as the span is long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import DateTimeField, Max, Min, Value
from django.db.models.functions import Coalesce

from recovery.models import BreakerNow, LinkInterval, Transition
from recovery.models.breakers import WORST_FIRST

from .counted import rank

MOST_CHANGES = 1_000
MOST_PROCESSES = 500
REMEMBERED = 7_200.0  # s that it is known how a breaker stood in a process that is gone
CLOSED = "CLOSED"
HEARD = timedelta(minutes=1)
FAR = datetime(9999, 1, 1, tzinfo=UTC)

Change = tuple[int, str, str, float]  # process, before, after, when


@dataclass(frozen=True, slots=True)
class Stay:
    """From, to, in which state."""

    start: float
    end: float
    state: str


@dataclass(frozen=True, slots=True)
class Past:
    """Stays that were not CLOSED, in order, none over another. Before `known_from` there were too many to read."""

    stays: tuple[Stay, ...]
    known_from: float


def past_states(key: int, service: int, start: float, end: float) -> Past:
    """Four queries, whatever happened."""
    since = datetime.fromtimestamp(start, UTC)
    changes = _changes(key, since)
    known_from = start if len(changes) < MOST_CHANGES else changes[0][3]
    changed = {process for process, *_ in changes}
    back = timedelta(seconds=end - start if end - start > REMEMBERED else 0)
    same = {**_before(key, service, since, back, changed), **_same(key, service, since, changed)}
    lives = _lives(changed | same.keys())
    stays = [*_changed(changes, known_from, end), *((process, stay) for process, stay in same.items())]
    clipped = (_clipped(stay, max(known_from, born), min(end, died)) for p, stay in stays for born, died in [lives[p]])
    return Past(tuple(worst(stay for stay in clipped if stay.start < stay.end)), known_from)


def _changes(key: int, since: datetime) -> list[Change]:
    """The newest, oldest first."""
    its = Transition.objects.filter(breaker=key, kind="transition", at__gte=since).order_by("-at", "-id")
    rows = its.values_list("process_id", "before", "after", "at")[:MOST_CHANGES]
    return [(process, before, after, at.timestamp()) for process, before, after, at in reversed(rows)]


def _same(key: int, service: int, since: datetime, changed: set[int]) -> dict[int, Stay]:
    """Processes that stood in one state, not CLOSED, all the time that they were there."""
    its = BreakerNow.objects.filter(breaker=key, process__service=service, process__heard_at__gte=since - HEARD)
    rows = its.exclude(state__in=(CLOSED, "")).order_by("-process__heard_at")
    found = rows.values_list("process_id", "state", "since")[:MOST_PROCESSES]
    return {
        process: Stay(at.timestamp() if at else 0.0, float("inf"), state)
        for process, state, at in found
        if process not in changed
    }


def _before(key: int, service: int, since: datetime, back: timedelta, changed: set[int]) -> dict[int, Stay]:
    """How processes that were heard in the span stood before it, by their last change."""
    its = Transition.objects.filter(breaker=key, kind="transition", at__lt=since, at__gte=since - back)
    its = its.filter(process__service=service, process__heard_at__gte=since - HEARD).order_by("-at", "-id")
    found: dict[int, Stay] = {}
    for process, state in its.values_list("process_id", "after")[:MOST_CHANGES]:
        if process not in changed:
            found.setdefault(process, Stay(0.0, float("inf"), state))
    return found


def _lives(processes: Iterable[int]) -> dict[int, tuple[float, float]]:
    """From its first link to its last: what happens between two links a process tells afterwards."""
    its = LinkInterval.objects.filter(process__in=sorted(processes)).order_by().values("process")
    ends = Coalesce("ended_at", Value(FAR, output_field=DateTimeField()))
    found: dict[int, tuple[float, float]] = defaultdict(lambda: (0.0, float("inf")))
    for process, born, died in its.annotate(born=Min("began_at"), died=Max(ends)).values_list(
        "process", "born", "died"
    ):
        found[process] = born.timestamp(), died.timestamp()
    return found


def _changed(changes: Iterable[Change], start: float, end: float) -> Iterable[tuple[int, Stay]]:
    """The stays of processes that changed, each by itself."""
    present: dict[int, tuple[float, str]] = {}
    for process, before, after, at in changes:
        since, state = present.get(process, (start, before))
        yield process, Stay(since, at, state)
        present[process] = at, after
    for process, (since, state) in present.items():
        yield process, Stay(since, end, state)


def _clipped(stay: Stay, start: float, end: float) -> Stay:
    return Stay(max(stay.start, start), min(stay.end, end), stay.state)


def worst(stays: Iterable[Stay]) -> list[Stay]:
    """Of stays that lie over each other the worst at each moment; CLOSED is left out."""
    bad = [stay for stay in stays if stay.state in WORST_FIRST and stay.state != CLOSED]
    edges = sorted(edge for s in bad for edge in ((s.start, 1, rank(s.state)), (s.end, -1, rank(s.state))))
    there, found, last = [0] * len(WORST_FIRST), list[Stay](), 0.0
    for at, change, place in edges:
        state = next((WORST_FIRST[i] for i, count in enumerate(there) if count), "")
        if state and at > last:
            if found and found[-1].end == last and found[-1].state == state:
                found[-1] = Stay(found[-1].start, at, state)
            else:
                found.append(Stay(last, at, state))
        there[place] += change
        last = at
    return found
