"""The health checks that watch a breaker's target, and what they do for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from recovery.models import Check

MOST = 10


@dataclass(frozen=True, slots=True)
class Linked:
    """One of them. `healthy` None: it has not run yet."""

    id: int
    name: str
    kind: str
    target: str
    enabled: bool
    healthy: bool | None
    streak: int
    since: datetime | None
    text: str
    last_run_at: datetime | None
    act: str
    healthy_after: int

    @property
    def word(self) -> str:
        """How it stands."""
        if not self.enabled:
            return "switched off"
        return "not run yet" if self.healthy is None else "healthy" if self.healthy else "unhealthy"


@dataclass(frozen=True, slots=True)
class Checks:
    """The unhealthy ones first."""

    breaker: int
    rows: tuple[Linked, ...]


def checks(key: int) -> Checks:
    """One query."""
    its = Check.objects.filter(breakers=key).order_by("healthy", "name")
    same = ("id", "name", "kind", "target", "enabled", "healthy", "streak", "since")
    more = ("last_text", "last_run_at", "act", "healthy_after")
    return Checks(key, tuple(Linked(*row) for row in its.values_list(*same, *more)[:MOST]))
