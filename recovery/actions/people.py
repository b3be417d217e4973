"""People: one-time links, first admin, new passwords."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from recovery.models import Membership, OneTimeLink
from recovery.moment import now
from recovery.permissions import Role

from .actor import Actor
from .audit import record

LINK_LIVES = timedelta(hours=24)
SECRET_BYTES = 32


class LinkOver(Exception):
    """The link does not exist, was used, or is over. Which of them is nobody's business."""


class NameTaken(Exception):
    """Somebody has this name already."""


def digest(secret: str) -> str:
    """What is kept of a secret; it is random, so it needs no salt."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_link(*, actor: Actor, role: Role = Role.ADMIN, user: Any = None, lives: timedelta = LINK_LIVES) -> str:
    """A link's secret, told once. With a user it gives that person a new password and this role, else it makes one."""
    secret, made = secrets.token_urlsafe(SECRET_BYTES), now()
    OneTimeLink.objects.create(digest=digest(secret), role=role, user=user, created_at=made, ends_at=made + lives)
    record(actor, "make one-time link", target=user.get_username() if user else f"a new {role}")
    return secret


def open_link(secret: str) -> OneTimeLink:
    """The link of this secret, while it works."""
    link = OneTimeLink.objects.open_at(now()).select_related("user").filter(digest=digest(secret)).first()
    if link is None:
        raise LinkOver
    return link


@transaction.atomic
def use_link(secret: str, *, username: str, password: str) -> Any:
    """Make the person, or give the link's person the new password. Of two at once, one succeeds."""
    link = open_link(secret)
    if not OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now()):
        raise LinkOver
    OneTimeLink.objects.filter(used_at=None, user=link.user).delete()  # what else lies about in logs ends with it
    user = link.user or _new_user(username)
    user.is_active = True
    user.set_password(password)
    user.save()
    Membership.objects.update_or_create(user=user, defaults={"role": link.role})
    record(
        Actor(user.get_username(), user=user),
        "use one-time link",
        target=user.get_username(),
        after={"role": link.role},
    )
    return user


def _new_user(username: str) -> Any:
    people = get_user_model()
    if people.objects.filter(username__iexact=username).exists():
        raise NameTaken
    return people(username=username)


@transaction.atomic
def change_password(user: Any, password: str, *, actor: Actor) -> None:
    """Sessions carry a hash of the password: all of this person's sessions end with it."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record(actor, "change password", target=user.get_username())


def has_admin() -> bool:
    """Whether somebody can administer this console."""
    return Membership.objects.filter(role=Role.ADMIN, user__is_active=True).exists()
