"""What a draft would do: its difference from what is in force, its machine or schedule, and the load at worst."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from recovery import moment
from recovery.charts.machine import Machine, machine
from recovery.charts.schedule import Schedule, schedule
from recovery.engine.enums import RetryReason
from recovery.engine.rehearsal import STRATEGIES, rehearse
from recovery.engine.types import RetryConfig
from recovery.models import OperationMinute

from .values import Change, changes, whole
from .which import Target

LOOK_BACK = 3600  # s of recorded calls that the load is reckoned from

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Load:
    """What the other side gets: calls a second as recorded, and at worst, when every attempt fails."""

    times: int
    now: float | None  # None: nothing was recorded
    worst: float | None


@dataclass(frozen=True, slots=True)
class DrawnAs:
    """What a schedule is drawn for: nobody told the console the strategy of an operation, nor what will fail."""

    reason: str = RetryReason.TIMEOUT.value
    strategy: str = STRATEGIES[0]


@dataclass(frozen=True, slots=True)
class Preview:
    """Of a draft. Without machine and schedule it cannot be drawn: its problems come first."""

    changes: tuple[Change, ...]
    nothing: bool  # it overrides nothing
    drawn_as: DrawnAs
    machine: Machine | None = None
    schedule: Schedule | None = None
    load: Load | None = None


def preview(
    target: Target, fields: Fields | None, present: Fields | None, drawn_as: DrawnAs, *, draw: bool = True
) -> Preview:
    """One query for an operation, none for a breaker. ``draw`` False: the fields are not legal."""
    differs = changes(target.kind, present, fields)
    if not draw:
        return Preview(differs, not fields, drawn_as)
    force = whole(target.kind, target.code, fields)
    if target.kind == "breaker":
        return Preview(differs, not fields, drawn_as, machine=machine(force, "closed"))
    drawn = _schedule(force, drawn_as)
    load = _load(target, drawn.count) if drawn is not None else None
    return Preview(differs, not fields, drawn_as, schedule=drawn, load=load)


def _schedule(force: Fields, drawn_as: DrawnAs) -> Schedule | None:
    known = {name: value for name, value in force.items() if name in RetryConfig.FIELDS}
    try:
        config = RetryConfig.from_dict(known)
    except (ValueError, TypeError):  # a newer client's code, which this engine does not know how to read
        return None
    said = rehearse(config, RetryReason(drawn_as.reason), drawn_as.strategy)
    courses = (said.low, said.middle, said.high)
    return schedule(
        *(course.waits for course in courses), why=said.middle.why, cut=any(course.cut for course in courses)
    )


def _load(target: Target, times: int) -> Load:
    since = int(moment.now().timestamp()) - LOOK_BACK
    found = OperationMinute.objects.filter(operation=target.id, at__gte=since)
    sums = found.aggregate(attempts=Sum("attempts"), retries=Sum("retries"))
    if sums["attempts"] is None:
        return Load(times, None, None)
    calls = (sums["attempts"] - sums["retries"]) / LOOK_BACK
    return Load(times, calls, calls * times)
