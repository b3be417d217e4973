"""The steps of a rollout, in the caller's transaction: to a stage, to all, back."""

from __future__ import annotations

from typing import Any

from recovery.actions.actor import Actor
from recovery.actions.audit import record
from recovery.actions.desired import next_revision
from recovery.live.hints import hint_on_commit
from recovery.models import Breaker, Policy, Process, Rollout, Service
from recovery.models.desired import fits
from recovery.models.fields import TEXT
from recovery.models.rollouts import DONE
from recovery.moment import now

from .choosing import linked, scope_for


def locked(key: int) -> Rollout:
    """The rollout as it is now. Its service is locked first, as by everybody who publishes: nobody waits crosswise."""
    service = Rollout.objects.values_list("service", flat=True).get(pk=key)
    Service.objects.select_for_update().get(pk=service)
    return Rollout.objects.select_for_update(of=("self",)).select_related("service").get(pk=key)


def to_stage(rollout: Rollout, stage: int, actor: Actor, act: str, reason: str, **told: Any) -> Policy:
    """Publish to the processes of this stage; after the last, which is all, the rollout is done."""
    before = {"stage": rollout.stage}
    share = rollout.stages[stage]["share"]
    scope = scope_for(rollout, share, _reached(rollout))
    rollout.stage, rollout.stage_since, rollout.measured = stage, now(), {}
    if not scope:
        rollout.state, rollout.ended_at = DONE, now()
    else:
        rollout.verdict = None
    rollout.save()
    made = put(rollout, rollout.fields, scope, actor, rollout.reason)
    after = {"stage": stage, "of": len(rollout.stages), "fields": rollout.fields, "state": rollout.state}
    tell(rollout, act, made, actor, reason, before, after | told)
    return made


def back(rollout: Rollout, state: str, actor: Actor, act: str, reason: str, **told: Any) -> Policy:
    """Publish to all what was in force before; the rollout is over."""
    rollout.state, rollout.ended_at, rollout.measured = state, now(), {}
    rollout.save()
    made = put(rollout, rollout.base, {}, actor, reason)
    before = {"stage": rollout.stage, "of": len(rollout.stages), "fields": rollout.fields}
    tell(rollout, act, made, actor, reason, before, {"fields": rollout.base, "state": state} | told)
    return made


def put(rollout: Rollout, fields: dict[str, Any] | None, scope: dict[str, Any], actor: Actor, reason: str) -> Policy:
    """A policy of the rollout under the service's next revision."""
    return Policy.objects.create(
        service=rollout.service,
        kind=rollout.kind,
        target=rollout.target,
        fields=fields,
        scope=scope,
        rollout=rollout,
        reason=reason[:TEXT],
        actor=actor.name[:100],
        revision=next_revision(rollout.service),
        created_at=now(),
    )


def tell(rollout: Rollout, act: str, made: Policy, actor: Actor, reason: str, before: Any, after: Any) -> None:
    """The audit entry, and hints to whoever looks at it."""
    record(
        actor,
        act,
        target=rollout.target,
        service=rollout.service,
        scope=made.scope,
        reason=reason,
        before=before,
        after={"rollout": rollout.pk} | after,
        revision=made.revision,
    )
    hint_on_commit("rollout", rollout.pk)
    for breaker in Breaker.objects.filter(service=rollout.service, name=rollout.target):
        hint_on_commit("breaker", breaker.pk)


def _reached(rollout: Rollout) -> set[str]:
    """Linked processes that an earlier stage means."""
    scopes = list(rollout.policies.values_list("scope", flat=True))
    rows = Process.objects.filter(service=rollout.service_id, uid__in=linked(rollout) if scopes else [])
    return {
        uid
        for uid, host, version in rows.values_list("uid", "host", "version")
        if any(fits(scope, uid=uid, host=host, version=version) for scope in scopes)
    }
