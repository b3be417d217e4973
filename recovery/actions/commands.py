"""Commands: reset and probe. Done once, before they are over, by whoever is linked; else shown as expired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction

from recovery.live.hints import hint_on_commit
from recovery.models import AuditEntry, Breaker, Command, Hold, Service
from recovery.models.desired import RELEASE
from recovery.moment import now
from recovery.permissions import Act
from recovery.wire.limits import COMMAND_SECONDS

from .actor import Actor
from .audit import record
from .desired import breaker_of, next_revision, reason_checked, scope_checked, together
from .holds import held, touched, withdraw
from .may import insist
from .problems import Held

LIVES = timedelta(seconds=COMMAND_SECONDS)


@dataclass(frozen=True)
class Commanded:
    """A command, and the release of the hold that it ended, if it ended one."""

    command: Command
    release: Hold | None = None


def reset(service: Service, breaker: str, *, unless_held: bool = False, **how: Any) -> Commanded:
    """Close a breaker; a hold on it is withdrawn in the same transaction. See :func:`command`."""
    return command(service, breaker, "reset", unless_held=unless_held, **how)


def probe(service: Service, breaker: str, *, unless_held: bool = False, **how: Any) -> Commanded:
    """Let an open breaker probe now. See :func:`command`."""
    return command(service, breaker, "probe", unless_held=unless_held, **how)


def command(
    service: Service,
    breaker: str,
    verb: str,
    *,
    actor: Actor,
    reason: str = "",
    scope: Mapping[str, Any] | None = None,
    unless_held: bool = False,
    parent: AuditEntry | None = None,
) -> Commanded:
    """Issue it. With ``unless_held`` (AutoRecovery's way) it raises Held on a breaker that an operator holds."""
    insist(actor, Act.STEER_BREAKERS, target=breaker, service=service, parent=parent)
    row = breaker_of(service, breaker)
    said, where = together(lambda: reason_checked(reason, required=False), lambda: scope_checked(scope))
    try:
        with transaction.atomic():
            return _issued(service, row, verb, actor, said, where, unless_held, parent)
    except Held:
        record(actor, verb, target=breaker, service=service, scope=where, reason=said, refused=True, parent=parent)
        raise


def _issued(
    service: Service,
    row: Breaker,
    verb: str,
    actor: Actor,
    reason: str,
    scope: dict[str, Any],
    unless_held: bool,
    parent: AuditEntry | None,
) -> Commanded:
    revision = next_revision(service)
    standing = held(service, row.name)
    if unless_held and any(each.kind != RELEASE for each in standing):
        raise Held(f"{row.name!r} is held by an operator")
    at = now()
    made = Command.objects.create(
        id=uuid4(),
        service=service,
        verb=verb,
        target=row.name,
        scope=scope,
        arguments={"unless_held": True} if unless_held else {},
        reason=reason,
        actor=actor.name[:100],
        revision=revision,
        created_at=at,
        expires_at=at + LIVES,
    )
    # The command comes first: the hold ends by it, and what is told after it changes nothing where it was obeyed.
    withdrawn = None
    if verb == "reset" and touched(standing, scope):
        later = next_revision(service)
        withdrawn = withdraw(service, row.name, standing, later, actor=actor, reason=reason or "reset", scope=scope)
    record(
        actor,
        verb,
        target=row.name,
        service=service,
        scope=scope,
        reason=reason,
        before=[{"kind": each.kind, "scope": each.scope, "revision": each.revision} for each in standing],
        after={"command": str(made.pk), "expires": made.expires_at.isoformat(), "released": withdrawn is not None},
        revision=revision,
        parent=parent,
    )
    hint_on_commit("breaker", row.pk)
    return Commanded(made, withdrawn)
