"""Services: made before their first token, by name and environment."""

from __future__ import annotations

from django.db import transaction

from recovery.live.hints import hint_on_commit
from recovery.models import Service
from recovery.moment import now
from recovery.permissions import Act

from .actor import Actor
from .audit import record
from .may import insist
from .problems import Invalid, UnknownService

MOST_NAME, MOST_ENVIRONMENT = 200, 50


def make_service(name: str, environment: str = "production", *, actor: Actor) -> Service:
    """The service of this name and environment; made where there is none."""
    name, environment = checked(name, environment)
    found = Service.objects.filter(name=name, environment=environment).first()
    if found is not None:
        return found
    insist(actor, Act.MANAGE_TOKENS, target=name)
    with transaction.atomic():
        service, made = Service.objects.get_or_create(
            name=name, environment=environment, defaults={"created_at": now()}
        )
        if made:
            record(actor, "make service", target=name, service=service, after={"environment": environment})
            hint_on_commit("service", service.pk)
    return service


def checked(name: str, environment: str) -> tuple[str, str]:
    """Both without space around them. Raises Invalid."""
    name, environment = name.strip(), environment.strip()
    problems = {}
    for field, value, most in (("name", name, MOST_NAME), ("environment", environment, MOST_ENVIRONMENT)):
        if not 1 <= len(value) <= most or not value.isprintable():
            problems[field] = f"{field} must be 1 to {most} printable characters, got {value[:80]!r}"
    if problems:
        raise Invalid(problems)
    return name, environment


def find_service(name: str, environment: str = "production") -> Service:
    """The service of this name and environment. Raises UnknownService."""
    found = Service.objects.filter(name=name.strip(), environment=environment.strip()).first()
    if found is None:
        raise UnknownService(name, environment)
    return found
