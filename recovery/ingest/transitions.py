"""Transitions as they happened, and the present state that they lead to."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from recovery import wire
from recovery.models import Breaker, BreakerNow, Transition
from recovery.models.fields import TEXT
from recovery.models.sql import insert_new, update_rows

from .declared import NOW, STATE, present, probe_at
from .jobs import Job
from .rows import Unit
from .times import moment

COLUMNS = ("process_id", "breaker_id", "seq", "sequence", "kind", "before", "after", "cause", "evidence", "actor", "at")
HOLDS = {"FORCED-OPEN": "trip", "DISABLED": "disable", "METRICS-ONLY": "observe"}
_ACTOR = 100

News = list[tuple[Job, list[wire.AnyEvent]]]
Found = tuple[int, int, wire.Transition, datetime]  # process, breaker, event, when


def keep(news: News, unit: Unit) -> None:
    """Write the new ones, and where they lead."""
    found = _found(news, unit)
    if not found:
        return
    insert_new(Transition, COLUMNS, [_row(each) for each in found])
    unit.count("transitions", len(found))
    _states([each for each in found if not each[2].would_open], unit)
    _last_failures(found)
    for _, breaker, _, _ in found:
        unit.hint("breaker", breaker)


def _found(news: News, unit: Unit) -> list[Found]:
    """All new transitions with their breakers; names beyond the bound are left out."""
    named: dict[int, set[str]] = defaultdict(set)
    told: list[tuple[Job, wire.Transition]] = []
    for job, events in news:
        assert job.peer is not None
        for event in events:
            if type(event) is wire.Transition:
                told.append((job, event))
                named[job.peer.service].add(event.breaker)
    ids = {
        service: unit.memory.names.ids(Breaker, service, sorted(names), told[0][0].received)[0]
        for service, names in sorted(named.items())
    }
    found: list[Found] = []
    for job, event in told:
        peer = job.peer
        assert peer is not None
        breaker = ids[peer.service].get(event.breaker)
        if breaker is None:
            unit.count("left_out")
        else:
            found.append((peer.process, breaker, event, moment(event.at, peer.offset, job.received)))
    return found


def _row(found: Found) -> tuple[Any, ...]:
    process, breaker, event, at = found
    kind = "would_open" if event.would_open else "transition"
    evidence = {**event.evidence, "missed": event.missed} if event.missed else event.evidence
    return (
        *(process, breaker, event.seq, event.sequence, kind, event.before, event.after),
        *(event.cause[:TEXT], evidence, event.actor[:_ACTOR], at),
    )


def _states(found: list[Found], unit: Unit) -> None:
    """The newest by the breaker's own sequence is where it stands, whatever order they came in."""
    newest: dict[tuple[int, int], Found] = {}
    for each in found:
        key = each[:2]
        if key not in newest or _order(each[2].sequence, each[3]) > _order(newest[key][2].sequence, newest[key][3]):
            newest[key] = each
    kept = present(newest)
    fresh, changed = [], []
    for key, each in newest.items():
        row = kept.get(key)
        now = dict(zip(NOW, row[1:], strict=True)) if row else {}
        if now and _order(each[2].sequence, each[3]) <= _order(now["sequence"], now["since"]):
            continue
        values = _now(each[2], each[3], now.get("config") or {})
        unit.stale.add(key[1])
        if row:
            changed.append((*values, row[0]))
        else:
            fresh.append((*key, *values, {}, "", None, {}))
    insert_new(BreakerNow, ("process_id", "breaker_id", *NOW, "labels"), fresh)
    update_rows(BreakerNow, STATE, changed)


def _order(sequence: int, at: datetime) -> tuple[int, datetime]:
    return sequence, at


def _now(event: wire.Transition, at: datetime, config: dict[str, Any]) -> tuple[Any, ...]:
    kind = HOLDS.get(event.after)
    hold = {"kind": kind, "reason": event.cause[:TEXT], "actor": event.actor, "until": None} if kind else None
    return event.after, at, event.cause[:TEXT], event.sequence, probe_at(event.after, at, config), hold


def _last_failures(found: list[Found]) -> None:
    """What failed last, as openings tell it: ``TimeoutError: timed out``."""
    newest: dict[int, tuple[datetime, str]] = {}
    for _, breaker, event, at in found:
        failure = event.evidence.get("last_failure")
        if isinstance(failure, str) and failure and (breaker not in newest or at > newest[breaker][0]):
            newest[breaker] = at, failure
    known = Breaker.objects.select_for_update().filter(pk__in=newest).order_by("pk")
    rows = []
    for key, before in known.values_list("pk", "last_failure_at"):
        at, failure = newest[key]
        if before is None or at > before:
            kind, _, text = failure.partition(": ")
            rows.append((kind[:200], text[:TEXT], at, key))
    update_rows(Breaker, ("last_failure_type", "last_failure_text", "last_failure_at"), rows)
