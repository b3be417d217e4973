"""Who knocks: nobody signed in, somebody without a role, and one person per role."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from recovery.models import Membership
from recovery.permissions import Role

STRANGER = "stranger"
EVERYBODY = ("anonymous", STRANGER, *Role)


def person(name: str, role: Role | None = None) -> Any:
    """A user, with a role unless none is named."""
    user = User.objects.create_user(name, password="seven quiet bridges 41")
    if role:
        Membership.objects.create(user=user, role=role)
    return user


def client_of(who: str, *, csrf: bool = False) -> Client:
    """A browser in which that one is signed in."""
    client = Client(enforce_csrf_checks=csrf, raise_request_exception=True)
    if who != "anonymous":
        client.force_login(person(who, Role(who) if who != STRANGER else None))
    return client


def role_of(who: str) -> Role | None:
    """Their role."""
    return Role(who) if who in set(Role) else None
