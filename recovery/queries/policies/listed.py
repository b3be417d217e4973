"""The list of policies: every breaker and retried operation by service, what is put over it, and who runs otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, Value
from django.db.models.fields import CharField

from recovery.models import Policy, Service

from . import drift
from .which import KINDS, by_id

SIZE = 50
SHOWN = {"": "All", "overridden": "Overridden", "drift": "Drifting"}
ORDER = ("of_name", "of_environment", "name", "kind")
COLUMNS = ("pk", "kind", "name", "service_id", "of_name", "of_environment", "locked", "last", "overridden")


@dataclass(frozen=True, slots=True)
class PolicyFilter:
    """Of the list. Empty: everything."""

    show: str = ""
    service: str = ""
    environment: str = ""
    q: str = ""

    @property
    def query(self) -> str:
        """As the URL says it, without what is empty."""
        return urlencode({f.name: value for f in fields(self) if (value := getattr(self, f.name))})


@dataclass(frozen=True, slots=True)
class Listed:
    """One target."""

    id: int
    kind: str
    name: str
    service: str
    environment: str
    locked: bool
    policy: Policy | None  # the last word for all
    drift: drift.Drift

    @property
    def owner(self) -> str:
        """The service as people read it."""
        return f"{self.service} · {self.environment}"

    @property
    def overridden(self) -> int:
        """How many fields the console put over its own."""
        return len((self.policy.fields if self.policy else None) or {})


@dataclass(frozen=True, slots=True)
class Policies:
    """A page of the list."""

    rows: tuple[Listed, ...]
    filter: PolicyFilter
    counts: dict[str, int]
    services: tuple[tuple[str, str], ...]
    next: str  # cursor of the page behind; empty: there is none

    @property
    def total(self) -> int:
        """Of all that are shown under any chip."""
        return self.counts[""]


def policies(asked: PolicyFilter, after: str = "") -> Policies:
    """Nine queries, one more behind the first page."""
    tables = {kind: _narrowed(kind, asked) for kind in KINDS}
    counts = _counts(tables)
    shown = {kind: _shown(found, asked.show) for kind, found in tables.items()}
    behind = _behind(after)
    parts = [found.filter(behind[kind]) if behind else found for kind, found in shown.items()]
    rows = list(parts[0].values(*COLUMNS).union(parts[1].values(*COLUMNS), all=True).order_by(*ORDER)[: SIZE + 1])
    more, rows = len(rows) > SIZE, rows[:SIZE]
    return Policies(
        rows=_with_drift(rows),
        filter=asked,
        counts=counts,
        services=tuple(Service.objects.order_by("name", "environment").values_list("name", "environment")[:200]),
        next=f"{rows[-1]['kind']}-{rows[-1]['pk']}" if more else "",
    )


def _narrowed(kind: str, asked: PolicyFilter) -> Any:
    found = KINDS[kind].objects.order_by()
    if asked.service:
        found = found.filter(service__name=asked.service)
    if asked.environment:
        found = found.filter(service__environment=asked.environment)
    if asked.q:
        found = found.filter(Q(name__icontains=asked.q) | Q(service__name__icontains=asked.q))
    its = drift.with_drift(drift.with_newest(found, kind), kind)
    names = {"of_name": F("service__name"), "of_environment": F("service__environment")}
    return its.annotate(kind=Value(kind, CharField()), **names)


def _shown(found: Any, show: str) -> Any:
    return found.filter(overridden=True) if show == "overridden" else found.filter(drifting=True) if show else found


def _counts(tables: dict[str, Any]) -> dict[str, int]:
    counts = dict.fromkeys(SHOWN, 0)
    for found in tables.values():
        its = found.aggregate(
            shown_=Count("pk"),
            shown_overridden=Count("pk", filter=Q(overridden=True)),
            shown_drift=Count("pk", filter=Q(drifting=True)),
        )
        counts = {word: counts[word] + its[f"shown_{word}"] for word in counts}
    return counts


def _behind(cursor: str) -> dict[str, Q] | None:
    """What comes behind the row that a cursor names, in each table; a cursor of nothing is none."""
    kind, _, key = cursor.partition("-")
    known = kind in KINDS and key.isascii() and key.isdigit() and len(key) <= 18
    row = by_id(kind, int(key)) if known else None
    if row is None:
        return None
    at = dict(zip(ORDER, (*row.words[:2], row.name, kind), strict=True))
    behind = Q()
    for place, name in enumerate(ORDER[:3]):
        behind |= Q(**{f"{name}__gt": at[name]}, **{before: at[before] for before in ORDER[:place]})
    same = Q(**{name: at[name] for name in ORDER[:3]})
    return {each: behind | same if each > kind else behind for each in KINDS}


def _with_drift(rows: Sequence[dict[str, Any]]) -> tuple[Listed, ...]:
    """Four queries."""
    newest = _newest(rows)
    breakers = drift.breakers((row["pk"], row["last"], row["overridden"]) for row in rows if row["kind"] == "breaker")
    services = drift.services(row["service_id"] for row in rows if row["kind"] == "operation")
    refused = drift.refusals((row["service_id"], row["last"]) for row in rows if row["last"] is not None)
    made = []
    for row in rows:
        counted = breakers.get(row["pk"], drift.Drift()) if row["kind"] == "breaker" else _of_service(row, services)
        count, why = refused.get((row["service_id"], row["last"]), (0, ""))
        made.append(
            Listed(
                id=row["pk"],
                kind=row["kind"],
                name=row["name"],
                service=row["of_name"],
                environment=row["of_environment"],
                locked=row["locked"],
                policy=newest.get((row["service_id"], row["last"])),
                drift=drift.Drift(counted.linked, max(counted.behind, count), count, why),
            )
        )
    return tuple(made)


def _of_service(row: dict[str, Any], services: dict[int, list[tuple[int, int]]]) -> drift.Drift:
    reached = services.get(row["service_id"], [])
    late = sum(count for revision, count in reached if revision < (row["last"] or 0))
    return drift.Drift(sum(count for _, count in reached), late)


def _newest(rows: Sequence[dict[str, Any]]) -> dict[tuple[int, int], Policy]:
    wanted = {(row["service_id"], row["last"]) for row in rows if row["last"] is not None}
    found = Policy.objects.filter(
        service__in={service for service, _ in wanted}, revision__in={revision for _, revision in wanted}
    )
    return {(each.service_id, each.revision): each for each in found if (each.service_id, each.revision) in wanted}
