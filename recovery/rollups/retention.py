"""How long everything is kept. ``settings.RETENTION`` names other days; the console's comes from the environment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

DAYS: dict[str, float] = {
    "slices": 2,
    "tens": 1,
    "minutes": 7,
    "hours": 90,
    "days": 730,
    "transitions": 90,
    "occurrences": 30,  # and a bounded number per group, which ingest sees to
    "logs": 7,
    "results": 90,
    "check_days": 400,
    "links": 90,
    "commands": 90,
    "throttle": 1,  # counts of knocks in vain
    "processes": 95,  # after their last transition is gone
}


def kept_for(what: str) -> timedelta:
    """How long these rows are kept."""
    chosen: dict[str, Any] = getattr(settings, "RETENTION", None) or {}
    return timedelta(days=float(chosen.get(what, DAYS[what])))


def oldest(what: str, now: datetime) -> datetime:
    """The moment before which they go."""
    return now - kept_for(what)


def horizon(what: str, now: datetime) -> int:
    """The same in seconds since the epoch, on a whole minute."""
    return int(oldest(what, now).timestamp()) // 60 * 60
