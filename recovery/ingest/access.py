"""Who may report: a token of a service, by its hash."""

from __future__ import annotations

from dataclasses import dataclass

from recovery.models import Token

SCHEME = "bearer"
MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Access:
    """A token that holds, and the service that it speaks for."""

    token: int
    service: int


def secret_of(header: bytes | str) -> str:
    """The secret in an Authorization header; empty where there is none."""
    text = header.decode("latin-1") if isinstance(header, bytes) else header
    scheme, _, secret = text.strip().partition(" ")
    secret = secret.strip()
    return secret if scheme.lower() == SCHEME and len(secret) <= MOST_CHARACTERS else ""


def admit(header: bytes | str) -> Access | None:
    """Whom the header speaks for; None: unknown or revoked."""
    secret = secret_of(header)
    if not secret:
        return None
    row = Token.objects.filter(digest=Token.digest_of(secret), revoked_at=None).values_list("pk", "service_id").first()
    return Access(*row) if row else None


def revoked(tokens: list[int]) -> set[int]:
    """Which of these hold no more."""
    return set(tokens) - set(Token.objects.filter(pk__in=tokens, revoked_at=None).values_list("pk", flat=True))
