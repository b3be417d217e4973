"""What the console has: rows, revisions, keys of the board; and its own tidying."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum

from recovery import moment
from recovery.models import Breaker, ErrorGroup, Hold, LinkInterval, Occurrence, Slice, Transition
from recovery.rollups import prune


def trips(service: str) -> list[int]:
    """The revisions of its trips."""
    return list(Hold.objects.filter(service__name=service, kind="trip").values_list("revision", flat=True))


def counts() -> dict[str, Any]:
    """What the console has."""
    errors = ErrorGroup.objects.aggregate(n=Sum("count", default=0))["n"]
    return {
        "slices": Slice.objects.count(),
        "errors": errors,
        "occurrences": Occurrence.objects.count(),
        "transitions": Transition.objects.count(),
        "linked": LinkInterval.objects.filter(ended_at=None).count(),
    }


def tidied() -> dict[str, int]:
    """What the console's own pruning takes away."""
    return prune(moment.now())


def rows() -> dict[str, str]:
    """The board's key of each breaker's row, by name."""
    return {name: f"row:{key}" for name, key in Breaker.objects.values_list("name", "pk")}
