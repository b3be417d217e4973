"""An operator's act, by the same function that the page calls; and what the console has counted."""

from __future__ import annotations

import time
from typing import Any

from django.db.models import Sum

from recovery import moment
from recovery.actions import holds
from recovery.actions.actor import machine
from recovery.models import Breaker, ErrorGroup, Hold, LinkInterval, Occurrence, Service, Slice, Transition
from recovery.rollups import prune


def trip(service: str, breaker: str, release: bool = False) -> dict[str, float]:
    """Trip or release a breaker everywhere; when that was committed, by this machine's monotonic clock."""
    its, actor = Service.objects.get(name=service), machine("bench", "command")
    began = time.monotonic()
    hold = (
        holds.release(its, breaker, actor=actor)
        if release
        else holds.trip(its, breaker, actor=actor, reason="bench", seconds=600)
    )
    return {"began": began, "revision": hold.revision}


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
