"""The sample of occurrences: what is not kept costs neither a row nor a scrub."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from recovery import wire
from recovery.engine.scrub import scrub_text, scrub_value
from recovery.models import Occurrence
from recovery.models.sql import delete_rows, insert_new

from .rows import Unit
from .samples import Key

Told = tuple[datetime, int, wire.Error]  # when, process, report

_COLUMNS = (
    *("group_id", "process_id", "seq", "at", "message", "severity", "attempt", "will_retry", "traceback", "context"),
)
_INTEGER = 2**31 - 1


def keep(told: dict[int, list[Told]], unit: Unit) -> None:
    """Write what belongs to the sample now, delete what no longer does."""
    fresh: list[tuple[Any, ...]] = []
    over: list[tuple[int, int]] = []
    for group, its in told.items():
        if not its:
            continue
        by_key: dict[Key, Told] = {(each[0].timestamp(), each[1], each[2].seq): each for each in its}
        chosen, dropped = unit.memory.samples.choose(group, set(by_key))
        fresh += [_row(group, *by_key[key]) for key in sorted(chosen)]
        over += [(process, seq) for _, process, seq in dropped]
    delete_rows(Occurrence, ("process_id", "seq"), over)
    insert_new(Occurrence, _COLUMNS, fresh)
    unit.count("occurrences", len(fresh))


def _row(group: int, at: datetime, process: int, event: wire.Error) -> tuple[Any, ...]:
    context: dict[str, Any] = {"context": scrub_value(event.context)} if event.context else {}
    if event.extras:
        context["extras"] = scrub_value(event.extras)
    return (
        *(group, process, event.seq, at, scrub_text(event.message), event.severity[:10]),
        *(None if event.attempt is None else min(event.attempt, _INTEGER), event.will_retry),
        *(_clean(event.traceback or ""), context),
    )


@lru_cache(maxsize=256)
def _clean(traceback: str) -> str:
    """Without secrets; the same traceback comes again and again."""
    return scrub_text(traceback)
