"""The audit's list: newest first, parts of an act folded under it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from recovery.models import AuditEntry, Service
from recovery.queries.paging import page

from .entry import Entry, results, shown
from .filter import AuditFilter, folded
from .words import words_of

SIZE = 50
MOST_PARTS = 10  # shown under their act; its own page has more
MOST_SERVICES = 200


@dataclass(frozen=True, slots=True)
class Audit:
    """A page of it."""

    filter: AuditFilter
    rows: tuple[Entry, ...]
    older: str
    newer: str
    services: tuple[tuple[str, str], ...]
    actors: tuple[str, ...]
    acts: tuple[str, ...]


def audit(narrowed: AuditFilter, before: str = "", after: str = "") -> Audit:
    """Seven queries."""
    found = page(folded(narrowed).select_related("service"), "at", before=before, after=after, size=SIZE)
    services = Service.objects.order_by("name", "environment").values_list("name", "environment")[:MOST_SERVICES]
    return Audit(
        filter=narrowed,
        rows=with_parts(found.rows, MOST_PARTS),
        older=found.older,
        newer=found.newer,
        services=tuple(services),
        actors=words_of("actor"),
        acts=words_of("act"),
    )


def with_parts(rows: Sequence[AuditEntry], most: int) -> tuple[Entry, ...]:
    """Rows with the first of their parts, and what processes said. Three queries."""
    keys = [row.pk for row in rows]
    counted = AuditEntry.objects.filter(parent__in=keys).order_by().values("parent_id").annotate(n=Count("pk"))
    number = Window(RowNumber(), partition_by=F("parent_id"), order_by=F("pk").asc())
    parts = AuditEntry.objects.filter(parent__in=keys).select_related("service").annotate(number=number)
    first = list(parts.filter(number__lte=most).order_by("pk"))
    said, many = results([*rows, *first]), {row["parent_id"]: row["n"] for row in counted}
    under: dict[int, list[Entry]] = defaultdict(list)
    for part in first:
        under[part.parent_id].append(shown(part, said))
    return tuple(shown(row, said, children=tuple(under[row.pk]), parts=many.get(row.pk, 0)) for row in rows)
