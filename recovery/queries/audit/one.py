"""One entry of the audit, whole."""

from __future__ import annotations

from dataclasses import dataclass

from recovery.models import AuditEntry, Breaker
from recovery.queries.desired import Progress, progress

from .entry import Entry, key_of
from .listed import with_parts

MOST_PARTS = 200


@dataclass(frozen=True, slots=True)
class Whole:
    """An entry, the one that it is part of, and what each process said."""

    entry: Entry
    above: str  # the act that it is part of
    progress: Progress | None
    is_breaker: bool  # the target has a page


def one(key: int) -> Whole | None:
    """At most fourteen queries."""
    row = AuditEntry.objects.select_related("service", "parent").filter(pk=key).first()
    if row is None:
        return None
    told = progress(row.service, row.revision) if key_of(row) else None
    return Whole(
        entry=with_parts([row], MOST_PARTS)[0],
        above=str(row.parent) if row.parent else "",
        progress=told if told is not None and told.change.target == row.target else None,
        is_breaker=row.service_id is not None
        and Breaker.objects.filter(service=row.service_id, name=row.target).exists(),
    )
