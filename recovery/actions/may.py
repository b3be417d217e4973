"""The last doorway: whoever calls, a person may only do what role and grants allow. A refusal is in the audit."""

from __future__ import annotations

from typing import Any

from recovery.models import Service
from recovery.permissions import Act, may

from .actor import Actor
from .problems import NotAllowed
from .refusals import refused


def insist(actor: Actor, act: Act, *, target: str = "", service: Service | None = None, **more: Any) -> None:
    """Raise NotAllowed if it is a person who may not do this on this service. Call it before the transaction."""
    if actor.user is None or may(actor.user, act, service):
        return
    refused(actor, str(act), target=target, service=service, **more)
    raise NotAllowed(act, str(service) if service is not None else "", told=True)
