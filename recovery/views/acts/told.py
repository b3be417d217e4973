"""The part that tells how far the processes are with one act, and offers to take it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from recovery.actions.undo import UNDO_SECONDS
from recovery.models import Service
from recovery.moment import now
from recovery.queries.acts.changes import acted_since
from recovery.queries.desired import Progress, progress

from .words import VERBS, behind, headline, summary

UNDONE = ("trip", "disable", "observe", "release")


def told(service: int, revision: int) -> dict[str, Any] | None:
    """What its template needs; None: there is no such change."""
    owner = Service.objects.filter(pk=service).first()
    found = progress(owner, revision) if owner is not None else None
    if owner is None or found is None:
        return None
    names = {each.uid: each.name for each in found.processes}
    return {
        "service": owner,
        "p": found,
        "key": f"progress:{service}:{revision}",
        "id": f"progress-{service}-{revision}",
        "headline": headline(found.change, names),
        "verb": VERBS.get(found.change.verb, found.change.verb),
        "summary": summary(found),
        "behind": behind(found),
        "undo_until": _undo_until(service, found),
    }


def _undo_until(service: int, found: Progress) -> Any:
    """Until when it can be taken back; None: not, or not any more."""
    change = found.change
    until = change.created_at + timedelta(seconds=UNDO_SECONDS)
    if change.verb not in UNDONE or until <= now() or acted_since(service, change.target, change.revision):
        return None
    return until
