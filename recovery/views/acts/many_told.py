"""The part that tells what became of an act on many breakers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from recovery.actions.undo import UNDO_SECONDS
from recovery.moment import now
from recovery.queries.acts.many import outcomes

from .told import UNDONE
from .words import VERBS

MOST_LISTED = 50


def many_told(entry: int) -> dict[str, Any] | None:
    """What its template needs; None: there is no such act."""
    found = outcomes(entry)
    if found is None:
        return None
    until = found.at + timedelta(seconds=UNDO_SECONDS)
    return {
        "m": found,
        "headline": f"{VERBS.get(found.verb, found.verb)} {found.target}",
        "refused": found.refused[:MOST_LISTED],
        "more_refused": max(0, len(found.refused) - MOST_LISTED),
        "behind": found.behind[:MOST_LISTED],
        "undo_until": until if found.done and found.verb in UNDONE and now() < until else None,
    }
