"""People come in by one-time links: the first admin, who is invited, who needs a new password."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from recovery.live.hints import hint_on_commit
from recovery.models import Membership, OneTimeLink
from recovery.moment import now
from recovery.permissions import Act, Role

from .actor import Actor
from .audit import record
from .may import insist
from .problems import ActionProblem, Invalid
from .rights import Rights, checked, describe
from .sessions import end_sessions
from .signing_in import USE_LINK

LINK_LIVES = timedelta(hours=24)
SECRET_BYTES = 32
MOST_NOTE = 100
MOST_OPEN = 200  # invitations at a time
MACHINES = frozenset({"recovery", "autorecovery"})  # actors of the audit that nobody may pass for


class LinkOver(Exception):
    """The link does not exist, was used, or is over. Which of them is nobody's business."""


class NameTaken(Exception):
    """Somebody has this name already."""


class UnknownLink(ActionProblem):
    """There is no such open invitation (any more)."""

    def __init__(self) -> None:
        super().__init__("there is no such open link: it was used, withdrawn, or is over")


def digest(secret: str) -> str:
    """What is kept of a secret; it is random, so it needs no salt."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def make_link(
    *,
    actor: Actor,
    role: Role | None = Role.ADMIN,
    user: Any = None,
    rights: Rights | None = None,
    note: str = "",
    lives: timedelta = LINK_LIVES,
) -> str:
    """A link's secret, told once. With a user it gives that person a new password, and this role unless it is None."""
    secret, made = secrets.token_urlsafe(SECRET_BYTES), now()
    link = OneTimeLink.objects.create(
        digest=digest(secret),
        role=role or "",
        everywhere=rights.everywhere if rights else True,
        note=note,
        user=user,
        made_by=actor.user,
        created_at=made,
        ends_at=made + lives,
    )
    if rights:
        link.services.set(rights.services)
    after = describe(rights) | {"for": note} if rights else None
    record(actor, "make one-time link", target=user.get_username() if user else f"a new {role}", after=after)
    return secret


def invite(role: str, everywhere: bool, services: Iterable[int] = (), *, note: str, actor: Actor) -> str:
    """A link by which somebody new comes in, with these rights. ``note``: whom it is for."""
    insist(actor, Act.MANAGE_PEOPLE, target=f"a new {role}")
    rights, note = checked(role, everywhere, services), note.strip()
    if not 1 <= len(note) <= MOST_NOTE or not note.isprintable():
        raise Invalid({"note": f"say whom it is for, in 1 to {MOST_NOTE} characters"})
    if OneTimeLink.objects.open_at(now()).count() >= MOST_OPEN:
        raise Invalid({"": f"{MOST_OPEN} links are open: withdraw some of them"})
    return make_link(actor=actor, role=rights.role, rights=rights, note=note)


def withdraw(key: int, *, actor: Actor) -> OneTimeLink:
    """A link works no more."""
    insist(actor, Act.MANAGE_PEOPLE, target="a one-time link")
    with transaction.atomic():
        link = OneTimeLink.objects.open_at(now()).select_for_update(of=("self",)).select_related("user")
        found = link.filter(pk=key).first()
        if found is None:
            raise UnknownLink
        whom = found.user.get_username() if found.user else f"a new {found.role}"
        record(actor, "withdraw one-time link", target=whom, before={"for": found.note, "role": found.role})
        found.delete()
    return found


def new_password_link(user: Any, *, actor: Actor) -> str:
    """A link by which this person sets a new password; role and grants stay as they are when it is used."""
    insist(actor, Act.MANAGE_PEOPLE, target=user.get_username())
    if not user.is_active:
        raise Invalid({"": f"{user.get_username()} is deactivated: activate them first"})
    return make_link(actor=actor, role=None, user=user)


def open_link(secret: str) -> OneTimeLink:
    """The link of this secret, while it works."""
    link = OneTimeLink.objects.open_at(now()).select_related("user").filter(digest=digest(secret)).first()
    if link is None or (link.user and not link.user.is_active and not link.role):
        raise LinkOver
    return link


@transaction.atomic
def use_link(secret: str, *, username: str, password: str, actor: Actor | None = None) -> Any:
    """Make the person, or give the link's person the new password. Of two at once, one succeeds."""
    link = open_link(secret)
    if not OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now()):
        raise LinkOver
    _end_others(link)
    user = link.user or _new_user(username)
    user.is_active = True
    user.set_password(password)
    user.save()
    if link.role:
        _give(user, link)
    if link.user:
        end_sessions(user)
    came = {"address": actor.address, "request_id": actor.request_id} if actor else {}
    record(
        Actor(user.get_username(), user=user, **came),
        USE_LINK,
        target=user.get_username(),
        after={"role": link.role} if link.role else None,
    )
    return user


def _end_others(link: OneTimeLink) -> None:
    """What commands printed lies about in logs and ends with the first; of a person, so does every other link."""
    others = OneTimeLink.objects.filter(used_at=None)
    if link.user:
        others.filter(user=link.user).delete()
    elif link.made_by_id is None:
        others.filter(user=None, made_by=None).delete()


def _give(user: Any, link: OneTimeLink) -> None:
    rights = {"role": link.role, "everywhere": link.everywhere}
    membership, made = Membership.objects.get_or_create(user=user, defaults=rights)
    if not made:
        membership.role, membership.everywhere = rights["role"], rights["everywhere"]
        membership.revision += 1
        membership.save()
    membership.services.set(link.services.all())


def _new_user(username: str) -> Any:
    people = get_user_model()
    if username.casefold() in MACHINES:
        raise NameTaken
    if people.objects.filter(username__iexact=username).exists():
        raise NameTaken
    return people(username=username)


@transaction.atomic
def change_password(user: Any, password: str, *, actor: Actor) -> None:
    """Sessions carry a hash of the password: all of this person's sessions end with it, their sockets too."""
    user.set_password(password)
    user.save(update_fields=["password"])
    OneTimeLink.objects.filter(used_at=None, user=user).delete()
    record(actor, "change password", target=user.get_username())
    hint_on_commit("person", user.pk)


def has_admin() -> bool:
    """Whether somebody can administer this console."""
    return Membership.objects.filter(role=Role.ADMIN, user__is_active=True).exists()
