"""The list of policies: every breaker and retried operation by service, what is put over it, and who runs otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, Value
from django.db.models.fields import CharField

from recovery.models import Policy, Service

from . import drift
from .which import KINDS, by_id

SIZE = 50
SHOWN = {"": "All", "overridden": "Overridden", "drift": "Drifting"}
ORDER = ("of_name", "of_environment", "name", "kind")
COLUMNS = ("pk", "kind", "name", "service_id", "of_name", "of_environment", "locked")
Known = Mapping[int, drift.Newest]


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
    """At most fifteen queries, whatever the list is like."""
    tables = {kind: _narrowed(kind, asked) for kind in KINDS}
    known = {kind: drift.newest(found, kind) for kind, found in tables.items()}
    judged = {kind: _judged(kind, known[kind], dict.fromkeys(known[kind], 0)) for kind in KINDS}
    chosen = {
        "overridden": {kind: {key for key, word in known[kind].items() if word.overrides} for kind in KINDS},
        "drift": {kind: {key for key, found in judged[kind].items() if found.behind} for kind in KINDS},
    }
    rows, more = _rows(tables, chosen.get(asked.show), after)
    counts = {"": sum(found.count() for found in tables.values())}
    return Policies(
        rows=_listed(rows, known, judged),
        filter=asked,
        counts=counts | {show: sum(map(len, keys.values())) for show, keys in chosen.items()},
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
    return found


def _rows(
    tables: Mapping[str, Any], chosen: Mapping[str, set[int]] | None, after: str
) -> tuple[list[dict[str, Any]], bool]:
    """A page of both tables in one order, and whether there is more behind it."""
    behind, parts = _behind(after), []
    for kind, found in tables.items():
        narrowed = found if chosen is None else found.filter(pk__in=chosen[kind])
        names = {"of_name": F("service__name"), "of_environment": F("service__environment")}
        named = narrowed.annotate(kind=Value(kind, CharField()), **names)
        parts.append((named.filter(behind[kind]) if behind else named).values(*COLUMNS))
    rows = list(parts[0].union(*parts[1:], all=True).order_by(*ORDER)[: SIZE + 1])
    return rows[:SIZE], len(rows) > SIZE


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


def _judged(kind: str, known: Known, of: Mapping[int, int]) -> dict[int, drift.Drift]:
    """How targets stand, by key; ``of``: their services, where nothing is known of them. Two queries."""
    services = {key: known[key].service if key in known else service for key, service in of.items()}
    counted = drift.breakers(of, known) if kind == "breaker" else drift.operations(services, known)
    refused = drift.refusals((known[key].service, known[key].revision) for key in of if key in known)
    return {key: _told(counted.get(key, drift.Drift()), known.get(key), refused) for key in of}


def _told(
    counted: drift.Drift, word: drift.Newest | None, refused: Mapping[tuple[int, int], tuple[int, str]]
) -> drift.Drift:
    count, why = refused.get((word.service, word.revision), (0, "")) if word is not None else (0, "")
    return drift.Drift(counted.linked, max(counted.behind, count), count, why)


def _listed(
    rows: Sequence[dict[str, Any]], known: Mapping[str, Known], judged: Mapping[str, Mapping[int, drift.Drift]]
) -> tuple[Listed, ...]:
    """Three queries: those nobody published anything for run what they like, but how many do is told."""
    rest = {
        kind: {row["pk"]: row["service_id"] for row in rows if row["kind"] == kind and row["pk"] not in known[kind]}
        for kind in KINDS
    }
    others = {kind: _judged(kind, {}, of) for kind, of in rest.items()}
    newest = _newest(rows, known)
    return tuple(
        Listed(
            id=row["pk"],
            kind=row["kind"],
            name=row["name"],
            service=row["of_name"],
            environment=row["of_environment"],
            locked=row["locked"],
            policy=newest.get((row["kind"], row["pk"])),
            drift=judged[row["kind"]].get(row["pk"]) or others[row["kind"]][row["pk"]],
        )
        for row in rows
    )


def _newest(rows: Sequence[dict[str, Any]], known: Mapping[str, Known]) -> dict[tuple[str, int], Policy]:
    words = {
        (row["kind"], row["pk"]): (word.service, word.revision)
        for row in rows
        if (word := known[row["kind"]].get(row["pk"])) is not None
    }
    found = Policy.objects.filter(
        service__in={service for service, _ in words.values()}, revision__in={number for _, number in words.values()}
    )
    policies = {(each.service_id, each.revision): each for each in found}
    return {key: policies[word] for key, word in words.items() if word in policies}
