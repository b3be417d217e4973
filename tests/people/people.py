"""Who acts on whom in these tests."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from recovery.actions.actor import Actor
from recovery.models import Membership, Service
from recovery.permissions import Role
from tests import factories as make

PASSWORD = "seven quiet bridges 41"


def acting(role: str = "admin", name: str = "") -> Actor:
    """Somebody of this role, with an address and a request."""
    user = User.objects.get(pk=make.person(role, name).pk)
    return Actor(user.get_username(), user=user, address="10.0.0.1", request_id="req-12345678")


def limited(*services: Service, role: Role = Role.OPERATOR, name: str = "") -> Any:
    """Somebody who acts on these only."""
    user = make.person(None, name)
    membership = Membership.objects.create(user=user, role=role, everywhere=False)
    membership.services.set(services)
    return User.objects.get(pk=user.pk)


def rights_of(user: Any) -> tuple[str, bool, list[str]]:
    """As the database has them now."""
    membership = Membership.objects.get(user_id=user.pk)
    return membership.role, membership.everywhere, sorted(each.name for each in membership.services.all())
