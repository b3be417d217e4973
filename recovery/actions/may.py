"""The last doorway: whoever calls, a person may only do what the role allows. A refusal is written to the audit."""

from __future__ import annotations

from typing import Any

from recovery.models import Service
from recovery.permissions import Act, may

from .actor import Actor
from .audit import record
from .problems import NotAllowed


def insist(actor: Actor, act: Act, *, target: str = "", service: Service | None = None, **more: Any) -> None:
    """Raise NotAllowed if it is a person whose role does not allow the act. Call it before the transaction."""
    if actor.user is None or may(actor.user, act):
        return
    record(actor, str(act), target=target, service=service, refused=True, **more)
    raise NotAllowed(str(act))
