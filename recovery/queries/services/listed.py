"""The list of services: who runs, in which versions, whether they have what they were asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from recovery import moment
from recovery.models import Breaker, Hold, Policy, Process, Service, Token
from recovery.queries.board_rows import ATTENTION
from recovery.queries.linking import is_linked, recent

MOST = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """One service in the list."""

    id: int
    name: str
    environment: str
    revision: int  # of the newest hold or policy
    linked: int
    cut_off: int
    versions: tuple[str, ...]
    behind: int  # linked processes that have not applied it
    heard_at: datetime | None
    breakers: int
    bad: int  # of them, in need of attention
    tokens: int  # that work

    @property
    def met(self) -> bool:
        """Whether any of its processes was ever heard."""
        return self.heard_at is not None


@dataclass(frozen=True, slots=True)
class Services:
    """By name."""

    rows: tuple[Listed, ...]
    total: int
    q: str = ""


def _newest(model: Any) -> Any:
    its = model.objects.filter(service=OuterRef("pk")).order_by("-revision").values("revision")
    return Coalesce(Subquery(its[:1]), 0)


# A command takes a revision, too, but nobody who was not there has to make up for it.
WANTED = Greatest(_newest(Hold), _newest(Policy))
COLUMNS = ("pk", "name", "environment", WANTED)


def services(q: str = "") -> Services:
    """Six queries."""
    found = Service.objects.filter(Q(name__icontains=q) | Q(environment__icontains=q)) if q else Service.objects.all()
    rows = list(found.order_by("name", "environment").values_list(*COLUMNS)[:MOST])
    return Services(listed(rows), found.count(), q)


def listed(rows: Sequence[tuple[Any, ...]]) -> tuple[Listed, ...]:
    """These services with what is known of them. Four queries."""
    keys = [row[0] for row in rows]
    running, breakers = _running(keys), _breakers(keys)
    tokens = _by_service(Token.objects.filter(service__in=keys, revoked_at=None).order_by(), n=Count("pk"))
    heard = _by_service(Process.objects.filter(service__in=keys).order_by(), at=Max("heard_at"))
    return tuple(
        Listed(
            id=key,
            name=name,
            environment=environment,
            revision=revision,
            tokens=tokens.get(key, {"n": 0})["n"],
            heard_at=heard.get(key, {"at": None})["at"],
            **running(key, revision),
            **breakers(key),
        )
        for key, name, environment, revision in rows
    )


def _by_service(found: Any, **sums: Any) -> dict[int, dict[str, Any]]:
    return {row.pop("service_id"): row for row in found.values("service_id").annotate(**sums)}


def _running(keys: Sequence[int]) -> Any:
    its = Process.objects.filter(recent(moment.now()), service__in=keys).order_by()
    counted = its.annotate(linked=is_linked()).values("service_id", "version", "linked", "applied_revision")
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in counted.annotate(n=Count("pk"), first=Min("started_at")):
        rows[row["service_id"]].append(row)

    def of(key: int, wanted: int) -> dict[str, Any]:
        linked = [row for row in rows[key] if row["linked"]]
        return {
            "linked": sum(row["n"] for row in linked),
            "cut_off": sum(row["n"] for row in rows[key] if not row["linked"]),
            "versions": tuple(sorted({row["version"] for row in linked if row["version"]})),
            "behind": sum(row["n"] for row in linked if row["applied_revision"] < wanted),
        }

    return of


def _breakers(keys: Sequence[int]) -> Any:
    its = Breaker.objects.filter(service__in=keys).order_by()
    found = _by_service(its, breakers=Count("pk"), bad=Count("pk", filter=Q(state__in=ATTENTION)))
    return lambda key: found.get(key, {"breakers": 0, "bad": 0})
