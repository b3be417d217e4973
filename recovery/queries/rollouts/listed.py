"""Rollouts that run, for the list of policies, and the one of a target, for its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from recovery.models import Rollout
from recovery.models.rollouts import RUNNING
from recovery.queries.acts.words import where

MOST = 50
ONE, WHOLE = "one", 100


@dataclass(frozen=True, slots=True)
class Row:
    """One that runs."""

    id: int
    service: str
    environment: str
    kind: str
    target: str
    stage: int  # from 1
    of: int
    share: str
    due_at: datetime
    verdict: str
    words: str
    actor: str


def running() -> tuple[Row, ...]:
    """The newest first. One query."""
    return tuple(map(_row, _running()[:MOST]))


def running_of(service: int, kind: str, target: str) -> Row | None:
    """The one of a target. One query."""
    found = _running().filter(service=service, kind=kind, target=target).first()
    return _row(found) if found is not None else None


def share_words(share: Any) -> str:
    """Whom a stage means."""
    if share == ONE:
        return "one process"
    return "all processes" if share >= WHOLE else f"{share:g} % of the processes"


def reached(scope: Mapping[str, Any]) -> str:
    """Whom a policy of this scope means; nothing: all."""
    one = scope.get("kind") == "process" and len(scope["values"]) == 1
    return "one process" if one else where(scope)


def due_at(rollout: Rollout) -> datetime:
    """When the time of the present stage is over."""
    return rollout.stage_since + timedelta(seconds=rollout.stages[rollout.stage]["seconds"])


def _running() -> Any:
    return Rollout.objects.filter(state=RUNNING).select_related("service").defer("measured")


def _row(rollout: Rollout) -> Row:
    verdict = rollout.verdict or {}
    return Row(
        id=rollout.pk,
        service=rollout.service.name,
        environment=rollout.service.environment,
        kind=rollout.kind,
        target=rollout.target,
        stage=rollout.stage + 1,
        of=len(rollout.stages),
        share=share_words(rollout.stages[rollout.stage]["share"]),
        due_at=due_at(rollout),
        verdict=verdict.get("word", ""),
        words=verdict.get("words", ""),
        actor=rollout.actor,
    )
