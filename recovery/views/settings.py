"""Settings: who may do what, how sign-in is guarded, how long everything is kept. What is in force, not a copy."""

from __future__ import annotations

from typing import Any

from django.conf import settings as configured
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recovery.actions import signing_in, throttle
from recovery.permissions import LEAST, ON_SERVICE, Act, Role, allows, granted
from recovery.queries.people.listed import own_grants
from recovery.queries.settings.size import database_size
from recovery.rollups.retention import DAYS, kept_for

# What is kept, in words.
KEPT = {
    "slices": "reports of processes, slot by slot",
    "tens": "figures of 10 s",
    "minutes": "figures of a minute",
    "hours": "figures of an hour",
    "days": "figures of a day",
    "transitions": "transitions with their evidence",
    "occurrences": "occurrences of errors (their groups and counts stay)",
    "logs": "log lines",
    "results": "results of health checks",
    "check_days": "what health checks found, by day",
    "links": "when each process was linked",
    "commands": "commands and what processes said to them",
    "throttle": "counts of refused sign-ins",
    "processes": "processes that are gone",
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/settings/`."""
    context = {
        "roles": list(Role),
        "table": table(),
        "mine": None if granted(request.user) is None else own_grants(request.user),
        "kept": [(KEPT.get(what, what), _days(what)) for what in DAYS],
        "size": database_size(),
        "database": connection.vendor,
        "guard": guard(),
    }
    return render(request, "recovery/settings/page.html", context)


def table() -> list[dict[str, Any]]:
    """Each act, which roles may do it, and whether it takes the grant of a service."""
    return [
        {"act": act, "may": [allows(role, act) for role in Role], "on_service": act in ON_SERVICE}
        for act in sorted(LEAST, key=_order)
    ]


def guard() -> dict[str, int]:
    """How sign-in is guarded."""
    return {
        "hours": configured.SESSION_COOKIE_AGE // 3600,
        "free": signing_in.FREE["pair"],
        "first": throttle.FIRST_WAIT,
        "longest": throttle.LONGEST_WAIT // 60,
    }


def _order(act: Act) -> tuple[int, int]:
    return list(Role).index(LEAST[act]), list(Act).index(act)


def _days(what: str) -> float:
    return kept_for(what).total_seconds() / 86_400
