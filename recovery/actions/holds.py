"""Holding breakers: trip, disable, observe, release. Each is one immutable row under the service's next revision.

A hold of all processes replaces every other of its breaker; one of a narrower scope replaces its like. A release ends
what has its scope (without a scope: everything), and makes an exception where a wider hold goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from recovery.live.hints import hint_on_commit
from recovery.models import AuditEntry, Breaker, Hold, Service
from recovery.models.desired import RELEASE
from recovery.moment import now
from recovery.permissions import Act

from .actor import Actor, machine
from .audit import record
from .desired import breaker_of, end_checked, next_revision, reason_checked, scope_checked, together
from .may import insist
from .problems import Unchanged

Scope = Mapping[str, Any] | None
ENDED_AT_ONCE = 200


def trip(service: Service, breaker: str, **how: Any) -> Hold:
    """Refuse every call; see :func:`hold`."""
    return hold(service, breaker, "trip", **how)


def disable(service: Service, breaker: str, **how: Any) -> Hold:
    """Let every call through and record nothing; see :func:`hold`."""
    return hold(service, breaker, "disable", **how)


def observe(service: Service, breaker: str, **how: Any) -> Hold:
    """Record and announce, but never refuse; see :func:`hold`."""
    return hold(service, breaker, "observe", **how)


def hold(
    service: Service,
    breaker: str,
    kind: str,
    *,
    actor: Actor,
    reason: str,
    seconds: float | None = None,
    until: datetime | None = None,
    scope: Scope = None,
    unless_like: bool = False,
    parent: AuditEntry | None = None,
) -> Hold:
    """Hold a breaker for a time, until a moment, or until released; where ``scope`` says, else everywhere.

    With ``unless_like`` (as one of many) it raises Unchanged where one of its kind stands there, maybe a longer one.
    """
    insist(actor, Act.STEER_BREAKERS, target=breaker, service=service, parent=parent)
    row = breaker_of(service, breaker)
    said, where, ends_at = together(
        lambda: reason_checked(reason, required=True),
        lambda: scope_checked(scope),
        lambda: end_checked(seconds, until),
    )
    with transaction.atomic():
        revision = next_revision(service)
        before = held(service, breaker)
        if unless_like and (like := [each for each in before if (each.kind, each.scope) == (kind, where)]):
            raise Unchanged(f"held like that already, by {like[-1].actor}")
        made = put(
            service, breaker, kind, before, revision, actor=actor.name, reason=said, scope=where, ends_at=ends_at
        )
        tell(actor, kind, row, before, made, parent)
    return made


def release(
    service: Service,
    breaker: str,
    *,
    actor: Actor,
    reason: str = "",
    scope: Scope = None,
    parent: AuditEntry | None = None,
) -> Hold:
    """End holds. Raises Unchanged where nothing is held."""
    insist(actor, Act.STEER_BREAKERS, target=breaker, service=service, parent=parent)
    row = breaker_of(service, breaker)
    said, where = together(lambda: reason_checked(reason, required=False), lambda: scope_checked(scope))
    with transaction.atomic():
        revision = next_revision(service)
        before = held(service, breaker)
        made = withdraw(service, breaker, before, revision, actor=actor, reason=said, scope=where)
        if made is None:
            raise Unchanged(f"nothing holds {breaker!r} there")
        tell(actor, RELEASE, row, before, made, parent)
    return made


def held(service: Service, breaker: str) -> list[Hold]:
    """What stands on a breaker now, locked: call it in a transaction, after the revision was taken."""
    found = Hold.objects.select_for_update().filter(service=service, breaker=breaker).standing(now())
    return list(found.order_by("revision"))


def put(
    service: Service, breaker: str, kind: str, standing: list[Hold], revision: int, *, scope: dict[str, Any], **how: Any
) -> Hold:
    """The hold itself, in the caller's transaction; it ends those that it replaces."""
    _end(standing, scope)
    return _make(service, breaker, kind, scope, revision, **how)


def withdraw(
    service: Service,
    breaker: str,
    standing: list[Hold],
    revision: int,
    *,
    actor: Actor,
    reason: str,
    scope: dict[str, Any],
) -> Hold | None:
    """The release itself, in the caller's transaction; None: nothing is held there."""
    if not touched(standing, scope):
        return None
    left = _end(standing, scope)
    made = _make(service, breaker, RELEASE, scope, revision, actor=actor.name, reason=reason)
    if not scope or not any(each.kind != RELEASE for each in left):
        made.ended_at = made.created_at  # no wider hold goes on, so it is no exception
        made.save(update_fields=["ended_at"])
    return made


def touched(standing: list[Hold], scope: dict[str, Any]) -> bool:
    """Whether a release of this scope would change anything."""
    return any(each.kind != RELEASE and _touches(each.scope, scope) for each in standing)


def end_due(at: datetime | None = None) -> int:
    """Record the holds that are over by their own end, once; the processes ended them by themselves. How many."""
    at = at or now()
    count = 0
    for key in Hold.objects.due(at).order_by("ends_at").values_list("pk", flat=True)[:ENDED_AT_ONCE]:
        with transaction.atomic():
            if not Hold.objects.filter(pk=key, ended_at=None).update(ended_at=at):
                continue  # somebody else was first
            ended = Hold.objects.select_related("service").get(pk=key)
            record(
                machine("Recovery"),
                f"end {ended.kind}",
                target=ended.breaker,
                service=ended.service,
                scope=ended.scope,
                reason="its end was reached",
                before=words(ended),
                revision=ended.revision,
            )
            for breaker in Breaker.objects.filter(service=ended.service, name=ended.breaker):
                hint_on_commit("breaker", breaker.pk)
            hint_on_commit("service", ended.service_id)
            count += 1
    return count


def _end(standing: list[Hold], scope: dict[str, Any]) -> list[Hold]:
    """End what the new row replaces; what is left."""
    over = [each for each in standing if not scope or each.scope == scope]
    Hold.objects.filter(pk__in=[each.pk for each in over]).update(ended_at=now())
    return [each for each in standing if each not in over]


def _touches(held_there: dict[str, Any], scope: dict[str, Any]) -> bool:
    """Whether a release of this scope changes anything about a hold of that one."""
    if not scope or not held_there or held_there["kind"] != scope["kind"]:
        return True
    return not set(held_there["values"]).isdisjoint(scope["values"])


def _make(
    service: Service, breaker: str, kind: str, scope: dict[str, Any], revision: int, *, actor: str, **more: Any
) -> Hold:
    return Hold.objects.create(
        service=service,
        breaker=breaker,
        kind=kind,
        scope=scope,
        actor=actor[:100],
        revision=revision,
        created_at=now(),
        **more,
    )


def tell(actor: Actor, act: str, row: Breaker, before: list[Hold], made: Hold, parent: AuditEntry | None) -> None:
    """The audit entry and the hint of a change, in its transaction."""
    record(
        actor,
        act,
        target=row.name,
        service=made.service,
        scope=made.scope,
        reason=made.reason,
        before=[words(each) for each in before],
        after=words(made),
        revision=made.revision,
        parent=parent,
    )
    hint_on_commit("breaker", row.pk)


def words(row: Hold) -> dict[str, Any]:
    """A hold as the audit keeps it; `undo` reads it."""
    return {
        "kind": row.kind,
        "scope": row.scope,
        "reason": row.reason,
        "actor": row.actor,
        "until": row.ends_at.isoformat() if row.ends_at else None,
        "revision": row.revision,
    }
