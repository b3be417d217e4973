"""The audit's filter, as the URL says it; nonsense counts as nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from recovery.queries.audit.filter import YES, AuditFilter

from .filters import text


def audit_filter(asked: Mapping[str, str]) -> AuditFilter:
    """Moments are UTC."""
    return AuditFilter(
        who=text(asked, "who"),
        act=text(asked, "act"),
        service=text(asked, "service"),
        environment=text(asked, "environment"),
        target=text(asked, "target"),
        refused=YES if asked.get("refused") == YES else "",
        since=_moment(asked.get("since", "")),
        until=_moment(asked.get("until", "")),
        q=text(asked, "q"),
    )


def _moment(asked: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(asked)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # in UTC it may lie before the year 1
        return None
