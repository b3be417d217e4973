"""Groups of errors, narrowed and paged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from recovery.models import ErrorGroup, Service
from recovery.queries.filters import ErrorFilter
from recovery.queries.paging import page

MOST_SERVICES = 200
UNRESOLVED = (ErrorGroup.Status.NEW, ErrorGroup.Status.SEEN, ErrorGroup.Status.REGRESSED)


@dataclass(frozen=True, slots=True)
class Group:
    """One group in a list."""

    id: int
    service: str
    environment: str
    title: str
    exception_type: str
    category: str
    reason: str
    severity: str
    operation: str
    breaker: str
    count: int
    retried: int
    first_seen_at: datetime
    last_seen_at: datetime
    status: str
    suggestions: tuple[str, ...]

    @property
    def retried_share(self) -> float | None:
        """% of them that were tried again."""
        return self.retried * 100 / self.count if self.count else None


def group_of(row: ErrorGroup) -> Group:
    """A row with its service as a list shows it."""
    same = (
        "id",
        "title",
        "exception_type",
        "category",
        "reason",
        "severity",
        "operation",
        "breaker",
        "count",
        "retried",
    )
    times = ("first_seen_at", "last_seen_at", "status")
    return Group(
        service=row.service.name,
        environment=row.service.environment,
        suggestions=tuple(map(str, row.suggestions)),
        **{name: getattr(row, name) for name in (*same, *times)},
    )


@dataclass(frozen=True, slots=True)
class Groups:
    """A page of them."""

    filter: ErrorFilter
    rows: tuple[Group, ...]
    older: str
    newer: str
    counts: dict[str, int]  # by status, of what the rest of the filter leaves
    services: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int:
        """All that the rest of the filter leaves."""
        return sum(self.counts.values())


def groups(narrowed: ErrorFilter, before: str = "", after: str = "") -> Groups:
    """Three queries."""
    left = _left(narrowed)
    counted = left.order_by().values("status").annotate(n=Count("pk")).values_list("status", "n")
    wanted = left.filter(status__in=narrowed.statuses) if narrowed.statuses else left
    found = page(wanted.select_related("service"), "last_seen_at", before=before, after=after)
    services = Service.objects.order_by("name", "environment").values_list("name", "environment")[:MOST_SERVICES]
    return Groups(
        filter=narrowed,
        rows=tuple(map(group_of, found.rows)),
        older=found.older,
        newer=found.newer,
        counts=dict(counted),
        services=tuple(services),
    )


def _left(narrowed: ErrorFilter) -> QuerySet[ErrorGroup]:
    """What the filter leaves, its status apart."""
    found = ErrorGroup.objects.all()
    for field, value in (
        ("service__name", narrowed.service),
        ("service__environment", narrowed.environment),
        ("category", narrowed.category),
    ):
        if value:
            found = found.filter(**{field: value})
    if narrowed.q:
        words = Q(title__icontains=narrowed.q) | Q(operation__icontains=narrowed.q) | Q(breaker__icontains=narrowed.q)
        found = found.filter(words)
    return found


def unresolved() -> int:
    """How many groups wait for somebody. One query."""
    return ErrorGroup.objects.filter(status__in=UNRESOLVED).count()
