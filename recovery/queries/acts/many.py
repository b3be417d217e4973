"""Many breakers at once: whom an act would hit, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from recovery import moment
from recovery.models import AuditEntry, Breaker, BreakerNow, Confirmation
from recovery.queries import figures
from recovery.queries.board import asked_for
from recovery.queries.filters import BoardFilter
from recovery.queries.linking import is_linked

MOST_AT_ONCE = 500
SEVERAL = " several"


@dataclass(frozen=True, slots=True)
class Each:
    """One of them."""

    id: int
    name: str
    service: str
    environment: str
    state: str
    linked: int


@dataclass(frozen=True, slots=True)
class Several:
    """All that an act would hit."""

    rows: tuple[Each, ...]
    services: int
    processes: int
    calls: float | None  # a second; None: not known
    too_many: int = 0  # how many match, where that is more than may be acted on at once

    @property
    def keys(self) -> str:
        """As the form carries them."""
        return ",".join(str(row.id) for row in self.rows)


def matching(narrowed: BoardFilter) -> tuple[list[int], int]:
    """Keys of what a filter of the board leaves, at most so many as may be acted on at once, and how many there are."""
    found = asked_for(narrowed).order_by("service__name", "service__environment", "name")
    keys = list(found.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    return keys[:MOST_AT_ONCE], len(keys) if len(keys) <= MOST_AT_ONCE else found.count()


def several(keys: Collection[int]) -> Several:
    """Five queries."""
    columns = ("pk", "name", "service__name", "service__environment", "state")
    found = Breaker.objects.filter(pk__in=keys).order_by("service__name", "service__environment", "name")
    linked = BreakerNow.objects.filter(breaker__in=keys).filter(is_linked("process_id")).order_by()
    pairs = list(linked.values_list("breaker_id", "process_id"))
    count = Counter(breaker for breaker, _ in pairs)
    rows = tuple(
        Each(key, name, service, environment, state, count[key])
        for key, name, service, environment, state in found.values_list(*columns)
    )
    rates = figures.of_breakers(keys, figures.window(moment.now()))
    calls = [rates[row.id].calls for row in rows if row.linked]
    return Several(
        rows=rows,
        services=len({(row.service, row.environment) for row in rows}),
        processes=len({process for _, process in pairs}),
        calls=None if any(rate is None for rate in calls) else sum(rate or 0.0 for rate in calls),
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of them."""

    name: str
    service: str
    environment: str
    revision: int | None
    refused: bool
    why: str
    applied: int = 0
    told: int = 0


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of an act on many."""

    entry: int
    verb: str
    target: str
    actor: str
    reason: str
    at: datetime
    rows: tuple[Outcome, ...]

    @property
    def refused(self) -> tuple[Outcome, ...]:
        """Where nothing was changed."""
        return tuple(row for row in self.rows if row.refused)

    @property
    def done(self) -> tuple[Outcome, ...]:
        """Where it was."""
        return tuple(row for row in self.rows if not row.refused)

    @property
    def behind(self) -> tuple[Outcome, ...]:
        """Where a process was told and did not apply it yet."""
        return tuple(row for row in self.done if row.applied < row.told)

    @property
    def told(self) -> int:
        """How many confirmations are expected, so far as it is sent."""
        return sum(row.told for row in self.done)

    @property
    def applied(self) -> int:
        """How many came."""
        return sum(row.applied for row in self.done)


def outcomes(entry: int) -> Outcomes | None:
    """Three queries; None: there is no such act on many."""
    parent = AuditEntry.objects.filter(pk=entry, act__endswith=SEVERAL).first()
    if parent is None:
        return None
    columns = ("target", "service__name", "service__environment", "service_id", "revision", "refused", "after")
    children = list(AuditEntry.objects.filter(parent=entry).order_by("pk").values(*columns)[:MOST_AT_ONCE])
    told, applied = _confirmed({(row["service_id"], row["revision"]) for row in children if row["revision"]})
    return Outcomes(
        entry=entry,
        verb=parent.act.removesuffix(SEVERAL),
        target=parent.target,
        actor=parent.actor,
        reason=parent.reason,
        at=parent.at,
        rows=tuple(
            Outcome(
                name=row["target"],
                service=row["service__name"] or "",
                environment=row["service__environment"] or "",
                revision=row["revision"],
                refused=row["refused"],
                why=(row["after"] or {}).get("why", "") if row["refused"] else "",
                told=told[row["service_id"], row["revision"]],
                applied=applied[row["service_id"], row["revision"]],
            )
            for row in children
        ),
    )


def _confirmed(revisions: set[tuple[int, int]]) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """To how many processes each was sent that it concerns, and how many of them applied it."""
    told: Counter[tuple[int, int]] = Counter()
    applied: Counter[tuple[int, int]] = Counter()
    services, numbers = {service for service, _ in revisions}, {number for _, number in revisions}
    rows = Confirmation.objects.filter(service__in=services, revision__in=numbers)
    rows = rows.exclude(applied=None, at__isnull=False)  # it does not concern that process
    counted = rows.order_by().values_list("service_id", "revision")
    for service, revision, all_, done in counted.annotate(n=Count("pk"), done=Count("pk", filter=Q(applied=True))):
        told[service, revision], applied[service, revision] = all_, done
    return told, applied
