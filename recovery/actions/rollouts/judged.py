"""What the machine does with a rollout: keep a judgement, go on, go back, choose another process. Each once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from recovery.actions.actor import Actor, machine
from recovery.guardrail import NO_WORSE, WORSE
from recovery.live.hints import hint_on_commit
from recovery.models.rollouts import ROLLED_BACK, RUNNING

from .checking import ONE
from .choosing import gone, scope_for
from .steps import back, locked, put, tell, to_stage

ROLLOUT: Actor = machine("Rollout")


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict with its figures, and the stage as it was when it was made."""

    stage: int
    since: datetime
    verdict: dict[str, Any]
    measured: dict[str, Any]
    time_over: bool


@transaction.atomic
def settle(key: int, judged: Judged) -> str:
    """Keep it and do what it says: ``went on``, ``rolled back``, or nothing; of two that judged one stage one acts."""
    rollout = locked(key)
    if rollout.state != RUNNING or (rollout.stage, rollout.stage_since) != (judged.stage, judged.since):
        return ""
    word, words = judged.verdict["word"], judged.verdict["words"]
    rollout.verdict = judged.verdict
    if word == WORSE:
        back(rollout, ROLLED_BACK, ROLLOUT, "roll back", f"worse than before: {words}", verdict=judged.verdict)
        return "rolled back"
    if word == NO_WORSE and judged.time_over:
        to_stage(rollout, rollout.stage + 1, ROLLOUT, "go on with rollout", words, verdict=judged.verdict)
        return "went on"
    rollout.measured = judged.measured
    rollout.save(update_fields=["verdict", "measured"])
    hint_on_commit("rollout", key)
    return ""


@transaction.atomic
def look_after(key: int, at: datetime) -> str:
    """Where the one process of a stage is gone, choose another, for which the stage begins anew; which."""
    rollout = locked(key)
    if rollout.state != RUNNING or rollout.stages[rollout.stage]["share"] != ONE:
        return ""
    present = rollout.policies.order_by("-revision").first()
    uid = present.scope["values"][0] if present else ""
    why = gone(rollout, uid, at)
    if not why:
        return ""
    try:
        scope = scope_for(rollout, ONE, ())
    except LookupError:
        return ""  # until somebody is there again
    if scope["values"] == [uid]:
        return ""
    rollout.stage_since, rollout.measured, rollout.verdict = at, {}, None
    rollout.save(update_fields=["stage_since", "measured", "verdict"])
    made = put(rollout, rollout.fields, scope, ROLLOUT, rollout.reason)
    tell(
        rollout,
        "choose another process",
        made,
        ROLLOUT,
        f"{uid}: {why}",
        {"process": uid},
        {"process": scope["values"][0]},
    )
    return str(scope["values"][0])
