"""What people may: role and grants, changed on a base; deactivated and activated. One active admin is always left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from recovery.live.hints import hint_on_commit
from recovery.models import AuditEntry, Membership, OneTimeLink, Service
from recovery.permissions import Act, Role, role_of

from .actor import Actor
from .audit import record
from .may import insist
from .problems import ActionProblem, Conflict, Invalid, NotAllowed, Unchanged
from .refusals import refused
from .sessions import end_sessions

MOST_SERVICES = 500
CHANGE, DEACTIVATE, ACTIVATE = "change rights", "deactivate person", "activate person"
_RANK = {role: rank for rank, role in enumerate(Role)}


class UnknownPerson(ActionProblem):
    """There is nobody of that name."""

    def __init__(self) -> None:
        super().__init__("there is no such person")


class LastAdmin(ActionProblem):
    """Somebody must be able to manage people."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is the last active admin: make another one first")


@dataclass(frozen=True)
class Rights:
    """A role, and where it acts."""

    role: Role
    everywhere: bool
    services: tuple[Service, ...] = ()


def checked(role: str, everywhere: bool, services: Iterable[int] = ()) -> Rights:
    """Raises Invalid with all that is wrong. An admin acts everywhere."""
    keys, problems = set(services), dict[str, str]()
    if role not in set(Role):
        problems["role"] = f"role must be one of {', '.join(Role)}, got {role[:40]!r}"
    if role == Role.ADMIN and not everywhere:
        problems["everywhere"] = "an admin acts on every service"
    if len(keys) > MOST_SERVICES:
        problems["services"] = f"at most {MOST_SERVICES} services can be granted one by one"
    found = () if everywhere or problems else tuple(Service.objects.filter(pk__in=keys))
    if not everywhere and not problems and len(found) != len(keys):
        problems["services"] = "only services that exist can be granted"
    if problems:
        raise Invalid(problems)
    return Rights(Role(role), everywhere, found)


def describe(rights: Rights) -> dict[str, Any]:
    """As plain data, for the audit and for conflicts."""
    return _words(rights.role, rights.everywhere, rights.services)


def change_rights(key: int, role: str, everywhere: bool, services: Iterable[int], *, base: int, actor: Actor) -> None:
    """Give a person this role and these grants. ``base``: the revision that was edited; 0 for who has no role yet."""
    user = _asked(key, actor)
    rights = checked(role, everywhere, services)
    _raise_nobody_oneself(user, rights, actor)
    with transaction.atomic():
        _lock_admins()
        membership = Membership.objects.select_for_update(of=("self",)).filter(user_id=key).first()
        before, after = _standing(membership), describe(rights)
        if (membership.revision if membership else 0) != base:
            raise Conflict(membership.revision if membership else 0, _last_editor(user), before, after)
        if before == after:
            raise Unchanged("nothing was changed")
        if rights.role is not Role.ADMIN:
            _leave_one_admin(user)
        _write(user, membership, rights)
        if (before or {}).get("role") != rights.role:
            _end_links(user, membership)
        record(actor, CHANGE, target=user.get_username(), before=before, after=after, revision=base + 1)
        hint_on_commit("person", user.pk)


def deactivate(key: int, *, actor: Actor) -> Any:
    """Out at once: sessions, sockets and links of this person end, and the links that they made."""
    user = _asked(key, actor)
    with transaction.atomic():
        _lock_admins()
        _switch(user, active=False)
        _leave_one_admin(user)
        OneTimeLink.objects.filter(used_at=None, user=user).delete()
        OneTimeLink.objects.filter(used_at=None, made_by=user).delete()
        ended = end_sessions(user)
        record(actor, DEACTIVATE, target=user.get_username(), before={"active": True}, after=_out(ended))
    return user


def activate(key: int, *, actor: Actor) -> Any:
    """In again, with role, grants and password as they were; nobody is signed in by it."""
    user = _asked(key, actor)
    with transaction.atomic():
        _switch(user, active=True)
        end_sessions(user)
        record(actor, ACTIVATE, target=user.get_username(), before={"active": False}, after={"active": True})
    return user


def _asked(key: int, actor: Actor) -> Any:
    user = get_user_model().objects.select_related("membership").filter(pk=key).first()
    insist(actor, Act.MANAGE_PEOPLE, target=user.get_username() if user else "")
    if user is None:
        raise UnknownPerson
    return user


def _raise_nobody_oneself(user: Any, rights: Rights, actor: Actor) -> None:
    """Whatever made it possible to ask: one's own role only goes down."""
    if actor.user is None or actor.user.pk != user.pk:
        return
    mine = role_of(user)
    if mine is None or _RANK[rights.role] > _RANK[mine]:
        refused(actor, "raise own role", target=user.get_username())
        raise NotAllowed("raise your own role", told=True)


def _lock_admins() -> None:
    """Who takes an admin away waits here for whoever else does; what was done meanwhile is seen after it."""
    list(Membership.objects.select_for_update().filter(role=Role.ADMIN).order_by("pk"))


def _leave_one_admin(user: Any) -> None:
    """Raises LastAdmin where this person is the only one who still can."""
    admins = Membership.objects.filter(role=Role.ADMIN)
    others = admins.filter(user__is_active=True).exclude(user_id=user.pk)
    if admins.filter(user_id=user.pk).exists() and not others.exists():
        raise LastAdmin(user.get_username())


def _standing(membership: Membership | None) -> dict[str, Any] | None:
    if membership is None:
        return None
    return _words(membership.role, membership.everywhere, membership.services.all())


def _words(role: str, everywhere: bool, services: Iterable[Service]) -> dict[str, Any]:
    return {"role": str(role), "acts on": "every service" if everywhere else sorted(map(str, services))}


def _write(user: Any, membership: Membership | None, rights: Rights) -> None:
    if membership is None:
        membership = Membership(user=user, revision=0)
    membership.role, membership.everywhere = rights.role, rights.everywhere
    membership.revision += 1
    membership.save()
    membership.services.set(rights.services)


def _end_links(user: Any, membership: Membership | None) -> None:
    """Links that would bring back a former role, and invitations by who may not invite any more."""
    OneTimeLink.objects.filter(used_at=None, user=user).exclude(role="").delete()
    if membership is not None and membership.role != Role.ADMIN:
        OneTimeLink.objects.filter(used_at=None, made_by=user).delete()


def _switch(user: Any, *, active: bool) -> None:
    """Raises Unchanged where it is so already; of two at once, one succeeds."""
    if not get_user_model().objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
        raise Unchanged(f"{user.get_username()} is {'active' if active else 'deactivated'} already")
    user.is_active = active


def _out(sessions: int) -> dict[str, Any]:
    return {"active": False, "sessions ended": sessions}


def _last_editor(user: Any) -> str:
    rows = AuditEntry.objects.filter(act=CHANGE, target=user.get_username(), refused=False)
    return rows.values_list("actor", flat=True).first() or ""
