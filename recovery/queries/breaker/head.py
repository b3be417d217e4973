"""The head of a breaker's page: how it stands, why, what comes next, and the figures of its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Sum

from recovery import moment
from recovery.charts.histogram import merged, percentile
from recovery.models import Breaker, BreakerMinute, BreakerTen, OperationMinute, Transition
from recovery.queries.board_rows import Row, rows

from .live import Beats, lit_up

DAY = timedelta(hours=24)
MOST_TRANSITIONS = 500  # of a day; a breaker that flaps more is told of by its last ones
TOGETHER = 10.0  # s within which processes that open are one opening
SETTLED = 120  # s after which a minute has been added up
BEFORE = 300  # s before it opened that p95 is taken over


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above everything else."""

    row: Row
    locked: bool
    doubled: bool
    refused_today: int
    p95_before: float | None  # s; before it opened
    openings: int  # in 24 h; processes that open together are one
    recovered_after: float | None  # s, mean of 24 h
    retry_success: float | None  # %


def head(key: int, beats: Beats | None = None) -> Head | None:
    """Thirteen queries; fresh pulses know rates and the next probe better."""
    found = rows([key])
    if not found:
        return None
    row, now = lit_up(found[0], beats or {}), moment.now()
    changes = _changes(key, now)
    return Head(
        row=row,
        **_flags(key),
        refused_today=_refused(key, now),
        p95_before=_p95_before(key, row.since if row.state == "OPEN" else now),
        openings=openings([at for _, before, after, at in changes if after == "OPEN" and before == "CLOSED"]),
        recovered_after=recovered_after(changes),
        retry_success=_retry_success(row, now),
    )


def _flags(key: int) -> dict[str, bool]:
    return Breaker.objects.values("locked", "doubled").get(pk=key)


Change = tuple[int, str, str, datetime]  # process, before, after, when


def _changes(key: int, now: datetime) -> list[Change]:
    """The newest of a day, oldest first."""
    day = Transition.objects.filter(breaker=key, kind="transition", at__gte=now - DAY).order_by("-at", "-id")
    return list(day.values_list("process_id", "before", "after", "at")[:MOST_TRANSITIONS])[::-1]


def openings(times: Sequence[datetime]) -> int:
    """How often it opened: what opens within a few seconds is one."""
    found, last = 0, None
    for at in sorted(times):
        if last is None or (at - last).total_seconds() > TOGETHER:
            found += 1
        last = at
    return found


def recovered_after(changes: Sequence[Change]) -> float | None:
    """How long it took from opening to closed, in the mean over processes and openings."""
    opened: dict[int, datetime] = {}
    lengths = []
    for process, before, after, at in changes:
        if after == "OPEN" and before == "CLOSED":
            opened[process] = at
        elif after == "CLOSED" and process in opened:
            lengths.append((at - opened.pop(process)).total_seconds())
    return sum(lengths) / len(lengths) if lengths else None


def _refused(key: int, now: datetime) -> int:
    settled = int(now.timestamp() - SETTLED) // 60 * 60
    day = BreakerMinute.objects.filter(breaker=key, at__gte=(now - DAY).timestamp(), at__lt=settled)
    rest = BreakerTen.objects.filter(breaker=key, at__gte=settled)
    return sum(int(its.aggregate(refused=Sum("refused", default=0))["refused"]) for its in (day, rest))


def _p95_before(key: int, end: datetime | None) -> float | None:
    if end is None:
        return None
    at = int(end.timestamp())
    its = BreakerMinute.objects.filter(breaker=key, at__gte=at - BEFORE - 60, at__lt=at)
    return percentile(merged(its.values_list("hist", flat=True)), 0.95)


def _retry_success(row: Row, now: datetime) -> float | None:
    """Of the calls that were tried again, how many succeeded in the end."""
    its = OperationMinute.objects.filter(operation__service=row.service_id, operation__name=row.name)
    sums: dict[str, Any] = its.filter(at__gte=(now - DAY).timestamp()).aggregate(
        good=Sum("successes_after_retry", default=0), bad=Sum("gave_up", default=0)
    )
    return sums["good"] * 100 / total if (total := sums["good"] + sums["bad"]) else None
