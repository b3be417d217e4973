"""The worst state of a breaker's linked processes, written on change only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet

from recovery.models import Breaker, BreakerNow, LinkInterval
from recovery.models.breakers import WORST_FIRST
from recovery.models.sql import update_rows

from .rows import Unit

_RANK = {state: rank for rank, state in enumerate(WORST_FIRST)}
_COLUMNS = ("state", "since", "cause", "revision")


def settle(unit: Unit) -> None:
    """Find the worst state again where it may have changed; whoever looks at it gets a hint."""
    if not unit.stale:
        return
    # Locked first: what another console commits until then is seen by the next query.
    locked = Breaker.objects.select_for_update().filter(pk__in=unit.stale).order_by("pk")
    breakers = list(locked.values("pk", *_COLUMNS))
    worst = _worst(unit.stale)
    changed = []
    for row in breakers:
        state, since = worst.get(row["pk"], ("", None))
        if (state, since) != (row["state"], row["since"]):
            changed.append((row["pk"], state, since, row["revision"] + 1))
            unit.hint("breaker", row["pk"])
    causes = _causes(changed)
    rows = [(state, since, causes.get(key, ""), revision, key) for key, state, since, revision in changed]
    update_rows(Breaker, _COLUMNS, rows)
    unit.count("changes", len(changed))


def _worst(breakers: Iterable[int]) -> dict[int, tuple[str, datetime | None]]:
    """State and since when, over the processes that are linked now; a breaker without any is left out."""
    rows = _linked(breakers).order_by().values("breaker_id", "state").annotate(first=Min("since"))
    states: dict[int, list[tuple[str, datetime | None]]] = defaultdict(list)
    for row in rows:
        states[row["breaker_id"]].append((row["state"], row["first"]))
    return {key: min(found, key=lambda each: _RANK.get(each[0], len(_RANK))) for key, found in states.items()}


def _linked(breakers: Iterable[int]) -> QuerySet[BreakerNow]:
    linked = LinkInterval.objects.filter(ended_at=None).values("process")
    return BreakerNow.objects.filter(breaker__in=breakers, process__in=linked)


def _causes(changed: list[tuple[Any, ...]]) -> dict[int, str]:
    """Why: the cause in the process that was the first to be in that state."""
    wanted = {key: (state, since) for key, state, since, _ in changed if state}
    rows = _linked(wanted).filter(since__in={since for _, since in wanted.values() if since})
    found = rows.order_by("-process_id").values_list("breaker_id", "state", "since", "cause")
    return {key: cause for key, state, since, cause in found if wanted[key] == (state, since)}
