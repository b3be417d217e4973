"""The one table of who may do what, and the mark by which a view says what it does.

Three roles; each may all that the one before it may. Everyone with a role sees everything, whoever has none nothing.
Acts on a service also take the grant of that service, from whoever may not act everywhere; admins act everywhere.
The middleware `doorway` reads a view's mark and refuses by role; actions ask `may`, which knows the grants.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Role(StrEnum):
    """From least to most."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


class Act(StrEnum):
    """What can be done in the console."""

    SEE = "see"
    KEEP_OWN_ACCOUNT = "keep own account"
    STEER_BREAKERS = "steer breakers"  # hold, release, reset, probe
    PUBLISH_POLICIES = "publish policies"
    HANDLE_ERRORS = "handle errors"  # resolve, mute, assign, comment
    EDIT_CHECKS = "edit checks"
    RUN_CHECKS = "run checks"
    RESTART_PROCESSES = "restart processes"
    MANAGE_PEOPLE = "manage people"
    MANAGE_TOKENS = "manage tokens"
    CHANGE_SETTINGS = "change settings"


# The least role that an act asks for.
LEAST: dict[Act, Role] = {
    Act.SEE: Role.VIEWER,
    Act.KEEP_OWN_ACCOUNT: Role.VIEWER,
    Act.STEER_BREAKERS: Role.OPERATOR,
    Act.PUBLISH_POLICIES: Role.OPERATOR,
    Act.HANDLE_ERRORS: Role.OPERATOR,
    Act.EDIT_CHECKS: Role.OPERATOR,
    Act.RUN_CHECKS: Role.OPERATOR,
    Act.RESTART_PROCESSES: Role.OPERATOR,
    Act.MANAGE_PEOPLE: Role.ADMIN,
    Act.MANAGE_TOKENS: Role.ADMIN,
    Act.CHANGE_SETTINGS: Role.ADMIN,
}

# Acts on what belongs to a service: where a membership is not for every service, they take its grant.
ON_SERVICE = frozenset(
    {
        Act.STEER_BREAKERS,
        Act.PUBLISH_POLICIES,
        Act.HANDLE_ERRORS,
        Act.EDIT_CHECKS,
        Act.RUN_CHECKS,
        Act.RESTART_PROCESSES,
    }
)

_RANK = {role: rank for rank, role in enumerate(Role)}
View = TypeVar("View", bound=Callable[..., Any])


def allows(role: Role | None, act: Act) -> bool:
    """Whether somebody with this role may do this, on some service at least; somebody without one may nothing."""
    return role is not None and _RANK[role] >= _RANK[LEAST[act]]


def role_of(user: Any) -> Role | None:
    """The role of a signed-in, active person; None for everybody else."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return None
    membership = getattr(user, "membership", None)  # Django's "has no membership" is an AttributeError
    return Role(membership.role) if membership is not None else None


def granted(user: Any) -> frozenset[int] | None:
    """Keys of the services on which this person may act; None: on every one. Read once for a person at hand."""
    role = role_of(user)
    if role is None:
        return frozenset()
    membership = user.membership
    if role is Role.ADMIN or membership.everywhere:
        return None
    if not hasattr(membership, "granted"):
        membership.granted = frozenset(membership.services.values_list("pk", flat=True))
    keys: frozenset[int] = membership.granted
    return keys


def may(user: Any, act: Act, service: Any = None) -> bool:
    """Whether this person may do this on this service. An act on a service that names none takes the right to all."""
    if not allows(role_of(user), act):
        return False
    if act not in ON_SERVICE:
        return True
    keys = granted(user)
    return keys is None or (service is not None and service.pk in keys)


def needs(write: Act | None = None, *, read: Act = Act.SEE) -> Callable[[View], View]:
    """Mark a view: GET needs `read`, every other method needs `write`; without `write` they are refused to all."""

    def mark(view: View) -> View:
        view.needs_read, view.needs_write = read, write  # type: ignore[attr-defined]
        return view

    return mark


def needed(view: Any, method: str | None) -> Act | None:
    """What this view asks for with this method. None: nobody may."""
    if method in SAFE_METHODS:
        return getattr(view, "needs_read", Act.SEE)
    return getattr(view, "needs_write", None)


def open_to_all(view: View) -> View:
    """Mark a view that answers without sign-in. tests/security lists each of them."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def is_open(view: Any) -> bool:
    """Whether this view answers without sign-in."""
    return getattr(view, "open_to_all", False) is True
