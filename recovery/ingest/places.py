"""Whose place was taken: a process that was killed is gone as soon as another runs in its stead on the same host.

What is cut off may run well and come back; a client that lives is back half a minute after the console can be reached.
So a departed process counts as cut off for a quarter of an hour, unless a process of its service came up on its host
after its link ended. Each newcomer takes one place, the one that fell empty first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from recovery.live.hints import hint_on_commit
from recovery.models import LinkInterval, Process
from recovery.models.sql import update_rows

PATIENCE = timedelta(seconds=60)  # twice the longest pause of a client that tries to come back
LOOK_BACK = timedelta(minutes=15)  # who was cut off earlier counts as gone anyway

Place = tuple[int, str]  # service, host
Row = dict[str, Any]


def vacated(now: datetime) -> QuerySet[Process]:
    """Cut off a while ago, without a word."""
    linked = LinkInterval.objects.filter(process=OuterRef("pk"), ended_at=None)
    silent = Process.objects.filter(left_at=None, heard_at__gt=now - LOOK_BACK, heard_at__lte=now - PATIENCE)
    return silent.filter(~Exists(linked))


def settle(now: datetime) -> int:
    """Write down who is gone because another took the place; how many."""
    empty = list(vacated(now).values_list("pk", "service_id", "host"))
    if not empty:
        return 0
    gone = _taken(_rows({row[1:] for row in empty}, now)) & {row[0] for row in empty}
    with transaction.atomic():
        rows = Process.objects.select_for_update().filter(pk__in=gone, left_at=None).order_by("pk")
        found = list(rows.values_list("pk", "heard_at", "service_id"))
        update_rows(Process, ("left_at",), [(heard, key) for key, heard, _ in found])
        for service in {row[2] for row in found}:
            hint_on_commit("service", service)
    return len(found)


def _rows(places: set[Place], now: datetime) -> Iterable[Row]:
    """Everybody who was there lately."""
    linked = LinkInterval.objects.filter(process=OuterRef("pk"), ended_at=None)
    its = Process.objects.filter(service__in={each[0] for each in places}, heard_at__gt=now - 2 * LOOK_BACK)
    its = its.filter(host__in={each[1] for each in places}).annotate(linked=Exists(linked))
    its = its.annotate(until=Max("links__ended_at")).order_by()  # its last word may be older than its end
    columns = ("pk", "service_id", "host", "first_seen_at", "heard_at", "until", "left_at", "linked")
    return [row for row in its.values(*columns) if (row["service_id"], row["host"]) in places]


def _taken(rows: Iterable[Row]) -> set[int]:
    """Who left a place that somebody took."""
    by_place: dict[Place, list[Row]] = defaultdict(list)
    for row in rows:
        by_place[row["service_id"], row["host"]].append(row)
    return {key for its in by_place.values() for key in _replaced(its)}


def _replaced(its: list[Row]) -> Iterable[int]:
    empty = sorted((row["left_at"] or row["until"] or row["heard_at"], row["pk"]) for row in its if not row["linked"])
    for came, key in sorted((row["first_seen_at"], row["pk"]) for row in its):
        place = next((each for each in empty if each[0] <= came and each[1] != key), None)
        if place is not None:
            empty.remove(place)
            yield place[1]
