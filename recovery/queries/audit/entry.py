"""One entry as a list shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q

from recovery.models import AuditEntry, Confirmation

from .diff import Change, changes, scope_words

SAME = ("id", "at", "actor", "act", "target", "reason", "revision", "refused", "request_id", "way", "address")
BESIDE = frozenset({"actor", "reason", "revision"})
OF_CHECKS = " check"  # their revisions are their own, and no process confirms them


@dataclass(frozen=True, slots=True)
class Result:
    """What processes said of a revision."""

    told: int
    applied: int
    refused: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One act, or one refusal."""

    id: int
    at: datetime
    actor: str
    act: str
    target: str
    reason: str
    revision: int | None
    refused: bool
    request_id: str
    way: str
    address: str
    service: str
    environment: str
    scope: str
    changes: tuple[Change, ...]
    parent: int | None
    result: Result | None = None
    children: tuple[Entry, ...] = ()
    parts: int = 0  # how many entries are part of this one

    @property
    def changed(self) -> tuple[Change, ...]:
        """Only what is not as it was, and is not told beside it."""
        return tuple(change for change in self.changes if not change.same and change.name not in BESIDE)


Key = tuple[int, int]


def shown(row: AuditEntry, results: Mapping[Key, Result] = {}, **more: Any) -> Entry:
    """A row with its service."""
    its = key_of(row)
    return Entry(
        service=row.service.name if row.service else "",
        environment=row.service.environment if row.service else "",
        scope=scope_words(row.scope),
        changes=changes(row.before, row.after),
        parent=row.parent_id,
        result=results.get(its) if its else None,
        **{name: getattr(row, name) for name in SAME},
        **more,
    )


def key_of(row: AuditEntry) -> Key | None:
    """The revision that processes confirm, if it has one."""
    if row.revision is None or row.service_id is None or row.refused or row.act.endswith(OF_CHECKS):
        return None
    return row.service_id, row.revision


def results(rows: Iterable[AuditEntry]) -> dict[Key, Result]:
    """What became of each of them. One query."""
    keys = {its for row in rows if (its := key_of(row))}
    if not keys:
        return {}
    wanted = reduce(or_, (Q(service=service, revision=revision) for service, revision in sorted(keys)))
    counted = Confirmation.objects.filter(wanted).values("service_id", "revision").order_by()
    said = counted.annotate(
        told=Count("pk"),
        yes=Count("pk", filter=Q(applied=True)),
        no=Count("pk", filter=Q(applied=False)),
    )
    return {(row["service_id"], row["revision"]): Result(row["told"], row["yes"], row["no"]) for row in said}
