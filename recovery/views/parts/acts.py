"""Parts that tell what became of acts, and what holds a breaker."""

from __future__ import annotations

from recovery.queries.acts.standing import holds
from recovery.views.acts.many_told import many_told
from recovery.views.acts.told import told

from .made import Made, Part, found, whole_number


def _progress(rest: str) -> Made:
    service, _, revision = rest.partition(":")
    context = told(whole_number(service), whole_number(revision))
    return "recovery/acts/progress.html", found(context, f"progress:{rest}")


def _holds(rest: str) -> Made:
    service, _, breaker = rest.partition(":")
    its = found(holds(whole_number(breaker)), f"holds:{rest}")
    return "recovery/acts/holds.html", {"holds": found(its if str(its.which.service_id) == service else None, rest)}


def _many(rest: str) -> Made:
    return "recovery/acts/many_told.html", found(many_told(whole_number(rest)), f"many:{rest}")


PARTS: dict[str, Part] = {"progress": _progress, "holds": _holds, "many": _many}
