"""What a person does with a rollout that runs: go on without waiting, or stop it."""

from __future__ import annotations

from django.db import transaction

from recovery.actions.actor import Actor
from recovery.actions.desired import reason_checked
from recovery.actions.may import insist
from recovery.actions.problems import Unchanged
from recovery.models import Policy, Rollout
from recovery.models.rollouts import RUNNING, STOPPED
from recovery.permissions import Act

from .steps import back, locked, to_stage


def go_on(rollout: Rollout, *, actor: Actor, stage: int, reason: str = "") -> Policy:
    """Take the next step now. ``stage``: the one that was seen. Raises Unchanged where it is at another, or over."""
    insist(actor, Act.PUBLISH_POLICIES, target=rollout.target, service=rollout.service)
    said = reason_checked(reason, required=False)
    with transaction.atomic():
        row = _running(rollout)
        if row.stage != stage:
            raise Unchanged(f"the rollout is at stage {row.stage + 1} already")
        return to_stage(row, stage + 1, actor, "go on with rollout", said, verdict=row.verdict)


def stop(rollout: Rollout, *, actor: Actor, reason: str) -> Policy:
    """End it: everybody runs again what was in force before. Raises Unchanged where it is over."""
    insist(actor, Act.PUBLISH_POLICIES, target=rollout.target, service=rollout.service)
    said = reason_checked(reason, required=True)
    with transaction.atomic():
        row = _running(rollout)
        return back(row, STOPPED, actor, "stop rollout", said, verdict=row.verdict)


def _running(rollout: Rollout) -> Rollout:
    row = locked(rollout.pk)
    if row.state != RUNNING:
        raise Unchanged(f"the rollout is over: {row.state}")
    return row
