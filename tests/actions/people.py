"""Who acts in tests."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from recovery.actions.actor import Actor
from recovery.models import Membership
from recovery.permissions import Role

BOSS = Actor("boss", origin="command")


def person(role: Role | None) -> Actor:
    user = get_user_model().objects.create_user(username=str(role or "stranger"))
    if role is not None:
        Membership.objects.create(user=user, role=role)
    return Actor(user.get_username(), user=user, address="10.0.0.1", request_id="req-12345678")
