"""What holds a breaker now: each hold with its scope and end, and how far the processes are with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery import moment
from recovery.models import BreakerNow, Confirmation, Hold
from recovery.models.desired import fits
from recovery.queries.breaker.which import Which, by_id
from recovery.queries.linking import is_linked, recent

from .words import DONE, where

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Held:
    """One of them. ``applied`` of ``meant``: linked processes that run the breaker and fit the scope."""

    revision: int
    kind: str
    word: str
    where: str
    scope: str  # as the form writes it; empty: it names several
    actor: str
    reason: str
    created_at: datetime
    ends_at: datetime | None
    applied: int
    meant: int
    refused: tuple[tuple[str, str], ...]  # process, why
    behind: tuple[str, ...]  # linked, not answered yet
    away: tuple[str, ...]  # cut off a short while ago


@dataclass(frozen=True, slots=True)
class Holds:
    """All of a breaker, the newest first."""

    which: Which
    rows: tuple[Held, ...]


def holds(key: int) -> Holds | None:
    """Four queries; None: there is no such breaker."""
    which = by_id(key)
    if which is None:
        return None
    standing = Hold.objects.filter(service=which.service_id, breaker=which.name).standing(moment.now())
    rows = list(standing.order_by("-revision"))
    revisions = [row.revision for row in rows]
    told = Confirmation.objects.filter(service=which.service_id, revision__in=revisions).exclude(at=None)
    answers = {(row.process_id, row.revision): row for row in told}
    running = _running(which.id) if rows else []
    held = [row for row in rows if row.kind != "release"]
    return Holds(which, tuple(_held(row, _meant(row, rows, running), answers) for row in held))


def _running(key: int) -> list[Any]:
    """Processes that run it: linked, or cut off a short while ago."""
    now = BreakerNow.objects.filter(recent(moment.now(), "process__"), breaker=key)
    now = now.annotate(linked=is_linked("process_id")).select_related("process")
    return list(now.order_by("process__host", "process__pid"))


def _meant(row: Hold, newest_first: Collection[Hold], running: Collection[Any]) -> list[Any]:
    """Where this is the newest word."""

    def newest(now: Any) -> int | None:
        its = {"uid": now.process.uid, "host": now.process.host, "version": now.process.version}
        return next((each.revision for each in newest_first if fits(each.scope, **its)), None)

    return [now for now in running if newest(now) == row.revision]


def _held(row: Hold, meant: list[Any], answers: Mapping[tuple[int, int], Confirmation]) -> Held:
    linked = [now for now in meant if now.linked]
    behind, refused, applied = [], [], 0
    for now in linked:
        answer = answers.get((now.process_id, row.revision))
        if answer is not None and answer.applied is False:
            refused.append((str(now.process), answer.why))
        elif answer is not None or now.process.applied_revision >= row.revision:
            applied += 1
        else:
            behind.append(str(now.process))
    names = {now.process.uid: str(now.process) for now in meant}
    values = row.scope.get("values", ())
    return Held(
        revision=row.revision,
        kind=row.kind,
        word=DONE[row.kind],
        where=where(row.scope, names),
        scope="all" if not row.scope else f"{row.scope['kind']}:{values[0]}" if len(values) == 1 else "",
        actor=row.actor,
        reason=row.reason,
        created_at=row.created_at,
        ends_at=row.ends_at,
        applied=applied,
        meant=len(linked),
        refused=tuple(refused),
        behind=tuple(behind),
        away=tuple(str(now.process) for now in meant if not now.linked),
    )
