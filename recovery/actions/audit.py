"""The audit entry of an act, written in the transaction of the change."""

from __future__ import annotations

from typing import Any

from recovery.models import AuditEntry, Service
from recovery.moment import now

from .actor import Actor


def record(
    actor: Actor,
    act: str,
    *,
    target: str = "",
    service: Service | None = None,
    scope: dict[str, Any] | None = None,
    reason: str = "",
    before: Any = None,
    after: Any = None,
    revision: int | None = None,
    refused: bool = False,
    parent: AuditEntry | None = None,
) -> AuditEntry:
    """Write one entry; call it inside the transaction that makes the change (a refusal changes nothing else)."""
    return AuditEntry.objects.create(
        at=now(),
        actor=actor.name[:100],
        user=actor.user if getattr(actor.user, "pk", None) else None,
        act=act,
        target=target.replace("\0", "")[:200],  # of a refusal it is what was asked for, whatever that is
        service=service,
        scope=scope or {},
        reason=reason[:500],
        before=before,
        after=after,
        revision=revision,
        refused=refused,
        request_id=actor.request_id,
        origin=f"{actor.origin} {actor.address}".strip()[:64],
        parent=parent,
    )
