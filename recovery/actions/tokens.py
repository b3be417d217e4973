"""Tokens of services: told once, kept as a hash, revoked for good."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from recovery.live.hints import hint_on_commit
from recovery.models import Service, Token
from recovery.moment import now
from recovery.permissions import Act

from .actor import Actor
from .audit import record
from .may import insist
from .problems import Invalid, Unchanged

SECRET_BYTES = 32
PREFIX = "rcv_"
_SHOWN = 10
MOST_LABEL = 100


@dataclass(frozen=True)
class NewToken:
    """A token, and the secret that is told this once."""

    token: Token
    secret: str


def create_token(service: Service, *, actor: Actor, label: str = "") -> NewToken:
    """A new token of a service."""
    insist(actor, Act.MANAGE_TOKENS, target=service.name, service=service)
    label = label.strip()
    if len(label) > MOST_LABEL:
        raise Invalid({"label": f"label must be at most {MOST_LABEL} characters, got {len(label)}"})
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        token = Token.objects.create(
            service=service,
            label=label,
            prefix=secret[:_SHOWN],
            digest=Token.digest_of(secret),
            created_by=actor.user,
            created_at=now(),
        )
        record(actor, "create token", target=f"{service.name} {token}", service=service, after={"label": label})
        hint_on_commit("service", service.pk)
    return NewToken(token, secret)


def revoke_token(token: Token, *, actor: Actor, reason: str = "") -> None:
    """It holds no more: its processes are told within seconds. Raises Unchanged for one that was revoked before."""
    insist(actor, Act.MANAGE_TOKENS, target=str(token), service=token.service)
    with transaction.atomic():
        if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now()):
            raise Unchanged("this token was revoked before")
        record(actor, "revoke token", target=f"{token.service.name} {token}", service=token.service, reason=reason)
        hint_on_commit("service", token.service_id)
    token.refresh_from_db()
