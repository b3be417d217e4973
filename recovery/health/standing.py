"""What results in a row mean: pure decisions over plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Standing:
    """How a target stands: the last result, how many equal ones in a row, since when. ``healthy`` None: not known."""

    healthy: bool | None = None
    streak: int = 0
    since: datetime | None = None


def after(before: Standing, healthy: bool, at: datetime) -> Standing:
    """How it stands after one more result."""
    if before.healthy is healthy and before.since is not None:
        return Standing(healthy, before.streak + 1, before.since)
    return Standing(healthy, 1, at)


def counted_from(opened_at: datetime | None, acted_at: datetime | None) -> datetime | None:
    """From when on results count for a breaker: since it opened, and since recovery last acted. None: all count."""
    return max(filter(None, (opened_at, acted_at)), default=None)


def enough(results: int, healthy_after: int) -> bool:
    """Whether so many healthy results in a row are enough to act. An unhealthy one never is."""
    return results >= max(1, healthy_after)
