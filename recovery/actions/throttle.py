"""Knocks in vain: after a few, each further one makes the next wait longer. Nothing is looked at before its time.

A knock is counted before it is looked at, and taken back where it was right, so that a hundred at once are not a way
around. A row per key is updated in place; while somebody has to wait, nothing is written at all.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Max

from recovery.models import Throttle
from recovery.moment import now

FORGOTTEN = timedelta(hours=12)  # after so long without a knock a count begins anew
FIRST_WAIT = 15  # seconds; doubled with every further knock
LONGEST_WAIT = 900


@dataclass(frozen=True)
class Limit:
    """What is counted, and how many knocks are free."""

    key: str
    free: int


@dataclass(frozen=True)
class Knock:
    """A knock: counted at a moment, or, where there is an `until`, not looked at before that."""

    limits: tuple[Limit, ...]
    at: datetime
    until: datetime | None = None


def limit(kind: str, *what: str, free: int) -> Limit:
    """Of what is typed only a digest is kept: people type passwords into the wrong field."""
    digest = hashlib.sha256("\0".join(what).encode("utf-8", "surrogatepass")).hexdigest()
    return Limit(f"{kind}:{digest[:48]}", free)


def network(address: str) -> str:
    """What counts as one place: an IPv4 address, the /64 network of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def wait(count: int, free: int) -> timedelta:
    """How long the next knock has to wait."""
    over = count - free
    return timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 10)) if over >= 0 else 0)


def knock(limits: Sequence[Limit]) -> Knock:
    """Count one, unless somebody has to wait."""
    at, keys = now(), [each.key for each in limits]
    over = Throttle.objects.filter(key__in=keys, until__gt=at).aggregate(until=Max("until"))["until"]
    if over is None:
        over = _count(limits, at)
    return Knock(tuple(limits), at, over)


@transaction.atomic
def _count(limits: Sequence[Limit], at: datetime) -> datetime | None:
    keys = sorted(each.key for each in limits)
    Throttle.objects.bulk_create([Throttle(key=key, last_at=at) for key in keys], ignore_conflicts=True)
    rows = {row.key: row for row in Throttle.objects.select_for_update().filter(key__in=keys).order_by("key")}
    waits = [row.until for row in rows.values() if row.until is not None and row.until > at]
    if waits:
        return max(waits)  # somebody was faster
    for each in limits:
        row = rows[each.key]
        row.count = row.count + 1 if at - row.last_at < FORGOTTEN else 1
        length = wait(row.count, each.free)
        row.last_at, row.until = at, at + length if length else None
        row.save(update_fields=["count", "last_at", "until"])
    return None


def counts(made: Knock) -> dict[str, Throttle]:
    """How often each of its keys was knocked at by now."""
    return {row.key: row for row in Throttle.objects.filter(key__in=[each.key for each in made.limits])}


def forget(limits: Sequence[Limit]) -> None:
    """Begin anew: whoever these are about has shown who they are."""
    Throttle.objects.filter(key__in=[each.key for each in limits]).delete()


def take_back(made: Knock, limits: Sequence[Limit]) -> None:
    """It was not in vain; what others did at the same keys stays."""
    found = Throttle.objects.filter(key__in=[each.key for each in limits], count__gt=0)
    found.filter(last_at=made.at).update(until=None)
    found.update(count=F("count") - 1)
