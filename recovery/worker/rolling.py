"""Judges the rollouts that run: reads both sides, asks the guardrail, does what it says."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from recovery import guardrail
from recovery.actions import rollouts
from recovery.models import Rollout
from recovery.models.rollouts import RUNNING
from recovery.queries.rollouts.figures import read

MOST = 200  # rollouts in a turn

log = logging.getLogger("recovery.worker")


def running() -> bool:
    """Whether there is anything to judge."""
    return Rollout.objects.filter(state=RUNNING).exists()


def judge_all(at: datetime, beat: Callable[[], None] = lambda: None) -> None:
    """Each in turn; one that cannot be judged keeps nobody else waiting, and fails the run at its end."""
    failed: Exception | None = None
    for rollout in Rollout.objects.filter(state=RUNNING).order_by("pk")[:MOST]:
        beat()
        try:
            _judge(rollout, at)
        except Exception as problem:
            log.exception("a rollout could not be judged", extra={"rollout": rollout.pk})
            failed = problem
    if failed is not None:
        raise failed


def _judge(rollout: Rollout, at: datetime) -> None:
    if chosen := rollouts.look_after(rollout.pk, at):
        log.info("rollout %s: %s runs it now", rollout.pk, chosen, extra={"rollout": rollout.pk})
        return
    reading, before = read(rollout, at), rollout.verdict or {}
    over = at >= rollout.stage_since + timedelta(seconds=rollout.stages[rollout.stage]["seconds"])
    verdict = guardrail.judge(
        reading.new,
        reading.old,
        guardrail.Limits(**rollout.guardrail),
        looks=before.get("looks", 0),
        looked_at=before.get("looked_at", 0),
        time_over=over,
    )
    told = verdict.told() | {"at": at.isoformat(), "new": reading.new.told(), "old": reading.old.told()}
    judged = rollouts.Judged(rollout.stage, rollout.stage_since, told, reading.measured, over)
    if done := rollouts.settle(rollout.pk, judged):
        log.info("rollout %s %s: %s", rollout.pk, done, verdict.words, extra={"rollout": rollout.pk})
