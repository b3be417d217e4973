"""Errors: one group per fingerprint with exact counters, and a bounded sample of occurrences, scrubbed once more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from recovery import wire
from recovery.engine.enums import ErrorSeverity
from recovery.engine.scrub import scrub_text
from recovery.models import ErrorGroup
from recovery.models.fields import TEXT
from recovery.models.sql import insert_new, update_rows

from . import occurrences
from .jobs import Job
from .occurrences import Told
from .rows import Unit
from .times import moment
from .transitions import News

_FACTS = ("exception_type", "title", "category", "reason", "severity", "operation", "breaker", "suggestions")
_COUNTERS = ("count", "retried", "first_seen_at", "last_seen_at", "status")
MOST_REMEMBERED = 20_000
_NOBODY_LOOKED = "Errors that nobody could look at"
Key = tuple[int, str]  # service, fingerprint
_SEVERITIES = frozenset(each.value for each in ErrorSeverity)


@dataclass(slots=True)
class Gained:
    """What one group gains."""

    count: int = 0
    retried: int = 0
    first: datetime | None = None
    last: datetime | None = None
    newest: wire.Error | wire.ErrorCount | None = None
    told: list[Told] = field(default_factory=list)

    def take(self, event: wire.Error | wire.ErrorCount, job: Job) -> None:
        """Add one report."""
        peer = job.peer
        assert peer is not None
        at = moment(event.at, peer.offset, job.received)
        first = at
        if isinstance(event, wire.ErrorCount):
            self.count += event.count
            first = min(at, moment(event.first, peer.offset, job.received))
        else:
            self.count += 1
            self.retried += event.will_retry
            self.told.append((at, peer.process, event))
        self.first = min(self.first or first, first)
        if self.last is None or at >= self.last:
            self.last, self.newest = at, event


def keep(news: News, unit: Unit) -> None:
    """Count the new ones, keep the sample."""
    gained: dict[Key, Gained] = defaultdict(Gained)
    for job, events in news:
        assert job.peer is not None
        for event in events:
            if type(event) is wire.Error or type(event) is wire.ErrorCount:
                gained[job.peer.service, event.fingerprint].take(event, job)
    if not gained:
        return
    unit.count("errors", sum(each.count for each in gained.values()))
    ids = _groups(gained, unit)
    occurrences.keep({ids[key]: each.told for key, each in sorted(gained.items())}, unit)


def _groups(gained: dict[Key, Gained], unit: Unit) -> dict[Key, int]:
    """Make those that are new, count on those that are there; their primary keys. Two statements, or a few more."""
    rows = _locked(gained, unit.memory.groups)
    missing = gained.keys() - rows.keys()
    if missing:
        columns = ("service_id", "fingerprint", *_FACTS, *_COUNTERS)
        fresh = [
            (*key, *_facts(gained[key].newest), 0, 0, gained[key].first, gained[key].first, "new")
            for key in sorted(missing)
        ]
        insert_new(ErrorGroup, columns, fresh)
        rows = _locked(gained, {})
    changed = []
    for key, row in rows.items():
        changed.append((*_added(row, gained[key]), row["pk"]))
        unit.hint("error", row["pk"])
    update_rows(ErrorGroup, (*_COUNTERS, *_FACTS), changed)
    return _remembered({key: row["pk"] for key, row in rows.items()}, unit.memory.groups)


def _locked(keys: Collection[Key], known: dict[Key, int]) -> dict[Key, dict[str, Any]]:
    """The rows of these keys, locked in one order; by primary key where all are known."""
    rows = ErrorGroup.objects.select_for_update().order_by("pk")
    if all(key in known for key in keys):
        rows = rows.filter(pk__in=[known[key] for key in keys])
    else:  # the same fingerprint of another service may come along
        rows = rows.filter(service__in={key[0] for key in keys}, fingerprint__in={key[1] for key in keys})
    found = rows.values("pk", "service_id", "fingerprint", "resolved_at", *_FACTS, *_COUNTERS)
    return {key: row for row in found if (key := (row["service_id"], row["fingerprint"])) in keys}


def _remembered(found: dict[Key, int], known: dict[Key, int]) -> dict[Key, int]:
    if len(known) > MOST_REMEMBERED:
        known.clear()
    known.update(found)
    return found


def _added(row: dict[str, Any], gained: Gained) -> tuple[Any, ...]:
    """Counters add up; the words are those of the newest report."""
    assert gained.first is not None
    assert gained.last is not None
    newest = gained.last >= row["last_seen_at"]
    facts = _facts(gained.newest) if newest else tuple(row[name] for name in _FACTS)
    resolved = row["status"] == ErrorGroup.Status.RESOLVED
    back = resolved and (row["resolved_at"] is None or gained.last > row["resolved_at"])
    return (
        row["count"] + gained.count,
        row["retried"] + gained.retried,
        min(row["first_seen_at"], gained.first),
        max(row["last_seen_at"], gained.last),
        str(ErrorGroup.Status.REGRESSED) if back else row["status"],
        *facts,
    )


def _facts(event: wire.Error | wire.ErrorCount | None) -> tuple[Any, ...]:
    assert event is not None
    whole = isinstance(event, wire.Error)
    recorded = isinstance(event, wire.Error) and event.attempt is None
    suggestions = [_clean(each) for each in event.suggested_actions] if isinstance(event, wire.Error) else []
    title = event.title or event.exception_type or (_NOBODY_LOOKED if not event.fingerprint else "Error")
    return (
        event.exception_type,
        _clean(title),
        event.category[:12],
        event.reason[:30],
        event.severity if event.severity in _SEVERITIES else "medium",
        event.operation,
        event.operation if whole and recorded else "",
        suggestions,
    )


@lru_cache(maxsize=4096)
def _clean(text: str) -> str:
    """Without secrets; the same few titles and suggestions come again and again."""
    return scrub_text(text)[:TEXT]
