"""The audit to take away: all that a filter leaves, newest first, parts of acts among them; chunk by chunk."""

from __future__ import annotations

from typing import Any

from recovery.models import AuditEntry
from recovery.queries.paging import page

from .filter import AuditFilter, entries

MOST = 100_000
CHUNK = 1_000
FIELDS = (
    *("id", "at", "who", "act", "service", "environment", "target", "reason", "refused", "scope", "before", "after"),
    *("revision", "part_of", "request", "way", "address"),
)


def chunk(narrowed: AuditFilter, before: str = "", size: int = CHUNK) -> tuple[list[dict[str, Any]], str]:
    """So many rows behind a cursor, and the cursor of the next chunk; empty: that was all. One query."""
    found = page(entries(narrowed).select_related("service"), "at", before=before, size=size)
    return [_plain(row) for row in found.rows], found.older


def _plain(row: AuditEntry) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": row.at.isoformat(),
        "who": row.actor,
        "act": row.act,
        "service": row.service.name if row.service else "",
        "environment": row.service.environment if row.service else "",
        "target": row.target,
        "reason": row.reason,
        "refused": row.refused,
        "scope": row.scope,
        "before": row.before,
        "after": row.after,
        "revision": row.revision,
        "part_of": row.parent_id,
        "request": row.request_id,
        "way": row.way,
        "address": row.address,
    }
