"""The beginning: checked as any policy is, and published to the processes of the first stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from recovery.actions.actor import Actor
from recovery.actions.may import insist
from recovery.actions.policies import asked, newest, target_of
from recovery.actions.problems import Conflict, Invalid, Unchanged
from recovery.actions.rolling import insist_nothing_rolls
from recovery.models import Breaker, Operation, Policy, Rollout, Service
from recovery.moment import now
from recovery.permissions import Act

from .checking import STAGES, Stage, guardrail_checked, stages_checked
from .choosing import linked, scope_for
from .steps import put, tell


def begin(
    service: Service,
    kind: str,
    target: str,
    fields: Mapping[str, Any] | None,
    *,
    actor: Actor,
    base: int,
    reason: str,
    stages: Sequence[Stage] = STAGES,
    guardrail: Mapping[str, Any] | None = None,
) -> Rollout:
    """Publish step by step. ``base``: the revision of the policy that was edited, or 0; ``guardrail``: `Limits`.

    Raises what publishing raises; RollingOut, a Conflict, where a rollout of the target runs already.
    """
    insist(actor, Act.PUBLISH_POLICIES, target=target, service=service)
    row = target_of(service, kind, target)
    said, wanted, steps, limits = _asked(kind, row, fields, reason, stages, guardrail)
    rollout = Rollout(service=service, kind=kind, target=row.name, fields=wanted, stages=steps, guardrail=limits)
    rollout.reason, rollout.actor, rollout.user = said, actor.name[:100], actor.user
    rollout.created_at = rollout.stage_since = now()
    try:
        with transaction.atomic():
            _begun(rollout, base, actor)
    except IntegrityError:
        insist_nothing_rolls(service, kind, row.name, wanted)  # somebody was first, by a way that took no revision
        raise
    return rollout


def _asked(
    kind: str,
    row: Breaker | Operation,
    fields: Mapping[str, Any] | None,
    reason: str,
    stages: Sequence[Stage],
    guardrail: Mapping[str, Any] | None,
) -> tuple[str, dict[str, Any] | None, list[dict[str, Any]], dict[str, Any]]:
    """All as it is kept. Raises Invalid with the problems of every part."""
    parts: list[Callable[[], Any]] = [
        lambda: asked(kind, row, fields, reason),
        lambda: stages_checked(stages),
        lambda: guardrail_checked(guardrail),
    ]
    found, problems = [], dict[str, str]()
    for part in parts:
        try:
            found.append(part())
        except Invalid as problem:
            problems |= problem.problems
    if problems:
        raise Invalid(problems)
    (said, wanted), steps, limits = found
    return said, wanted, steps, limits


def _begun(rollout: Rollout, base: int, actor: Actor) -> None:
    service, kind, target = rollout.service, rollout.kind, rollout.target
    Service.objects.select_for_update().get(pk=service.pk)  # whoever publishes meanwhile waits for us, or we for them
    insist_nothing_rolls(service, kind, target, rollout.fields)
    present = newest(service, kind, target)
    _insist_on_base(present, base, rollout.fields)
    rollout.base = present.fields if present else None
    if rollout.base == rollout.fields:
        raise Unchanged(f"the policy of {target!r} is that already")
    if not linked(rollout):
        raise Invalid({"stages": f"no process that has {target!r} is linked: there is nobody to begin with"})
    rollout.save(force_insert=True)
    scope = scope_for(rollout, rollout.stages[0]["share"], ())
    made = put(rollout, rollout.fields, scope, actor, rollout.reason)
    after = {"fields": rollout.fields, "stages": rollout.stages, "guardrail": rollout.guardrail}
    tell(rollout, "begin rollout", made, actor, rollout.reason, rollout.base, after)


def _insist_on_base(present: Policy | None, base: int, wanted: dict[str, Any] | None) -> None:
    revision = present.revision if present else 0
    if revision != base:
        raise Conflict(revision, present.actor if present else "", present.fields if present else None, wanted)
