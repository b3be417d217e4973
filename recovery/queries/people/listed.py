"""The list of people, and the open one-time links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from recovery import moment
from recovery.models import Membership, OneTimeLink, Service

MOST = 200
MOST_CHOICES = 500


@dataclass(frozen=True, slots=True)
class Person:
    """One of them."""

    id: int
    name: str
    role: str  # empty: none
    everywhere: bool
    services: tuple[str, ...]  # granted, where not everywhere
    service_ids: frozenset[int]
    last_login: datetime | None
    active: bool
    revision: int  # of role and grants


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that still works; its secret is known to nobody here."""

    id: int
    role: str  # empty: a new password, and nothing else
    everywhere: bool
    services: tuple[str, ...]
    note: str
    whom: str  # whose password it renews
    made_by: str
    created_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class People:
    """A list of them."""

    rows: tuple[Person, ...]
    links: tuple[OpenLink, ...]
    total: int
    q: str = ""


def people(q: str = "") -> People:
    """Five queries."""
    found = get_user_model().objects.filter(username__icontains=q) if q else get_user_model().objects.all()
    rows = found.select_related("membership").order_by("-is_active", "username")[:MOST]
    return People(_persons(rows), open_links(), found.count(), q)


def person(key: int) -> Person | None:
    """One of them. Two queries."""
    rows = get_user_model().objects.select_related("membership").filter(pk=key)
    return next(iter(_persons(rows)), None)


def open_links() -> tuple[OpenLink, ...]:
    """The newest first. Two queries."""
    links = OneTimeLink.objects.open_at(moment.now()).select_related("user", "made_by").order_by("-created_at")
    rows = list(links[:MOST])
    granted = _granted(OneTimeLink.services.through, "onetimelink_id", [row.pk for row in rows])
    return tuple(
        OpenLink(
            id=row.pk,
            role=row.role,
            everywhere=row.everywhere,
            services=tuple(name for _, name in granted[row.pk]),
            note=row.note,
            whom=row.user.get_username() if row.user else "",
            made_by=row.made_by.get_username() if row.made_by else "a command",
            created_at=row.created_at,
            ends_at=row.ends_at,
        )
        for row in rows
    )


def choices() -> list[tuple[int, str]]:
    """Services that can be granted. One query."""
    rows = Service.objects.order_by("name", "environment")[:MOST_CHOICES]
    return [(row.pk, str(row)) for row in rows]


def own_grants(user: Any) -> tuple[str, ...]:
    """Names of the services that are granted to somebody. One query."""
    rows = Service.objects.filter(granted_to__user=user).order_by("name", "environment")
    return tuple(map(str, rows[:MOST_CHOICES]))


def _persons(rows: Iterable[Any]) -> tuple[Person, ...]:
    its = [(row, getattr(row, "membership", None)) for row in rows]
    keys = [membership.pk for _, membership in its if membership is not None]
    granted = _granted(Membership.services.through, "membership_id", keys)
    return tuple(_person(row, membership, granted[membership.pk] if membership else []) for row, membership in its)


def _person(row: Any, membership: Membership | None, granted: list[tuple[int, str]]) -> Person:
    return Person(
        id=row.pk,
        name=row.get_username(),
        role=membership.role if membership else "",
        everywhere=membership.everywhere if membership else False,
        services=tuple(name for _, name in granted),
        service_ids=frozenset(key for key, _ in granted),
        last_login=row.last_login,
        active=row.is_active,
        revision=membership.revision if membership else 0,
    )


def _granted(through: Any, owner: str, keys: list[int]) -> dict[int, list[tuple[int, str]]]:
    """Services by whose grant it is. One query."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = through.objects.filter(**{f"{owner}__in": keys}).select_related("service")
    for row in rows.order_by("service__name", "service__environment"):
        found[getattr(row, owner)].append((row.service_id, str(row.service)))
    return found
