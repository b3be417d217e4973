"""The chart of a breaker: its aggregates over a quarter of an hour or an hour, and where nobody was there to count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q

from recovery import moment
from recovery.charts.calls import CallsChart, Point, calls_chart
from recovery.charts.histogram import merged, percentile
from recovery.models import Breaker, BreakerMinute, BreakerTen, LinkInterval, Transition
from recovery.models.breakers import WORST_FIRST
from recovery.queries import figures

MOST_LINKS = 2_000
MOST_TRANSITIONS = 500
FRESH = 180  # s; what is younger may not have been added up to minutes
SUMS = ("admitted", "failures", "refused")


@dataclass(frozen=True, slots=True)
class Span:
    """How far back, in which steps."""

    name: str
    word: str
    model: Any
    seconds: int
    count: int


SPANS = {
    span.name: span for span in (Span("15m", "15 min", BreakerTen, 10, 90), Span("1h", "1 h", BreakerMinute, 60, 60))
}
SHORTEST = "15m"


@dataclass(frozen=True, slots=True)
class Chart:
    """The drawing, and what it is of."""

    breaker: int
    span: Span
    drawn: CallsChart
    late: bool


def chart(key: int, name: str = SHORTEST) -> Chart | None:
    """Seven queries."""
    span = SPANS.get(name)
    state = Breaker.objects.filter(pk=key).values_list("state", flat=True).first()
    if span is None or state is None:
        return None
    until = figures.window(moment.now())
    end = until.end // span.seconds * span.seconds
    start = end - span.seconds * span.count
    starts = range(start, end, span.seconds)
    rows = {row["at"]: row for row in span.model.objects.filter(breaker=key, at__gte=start, at__lt=end).values()}
    rows = {**_newest(key, end - FRESH, end, span.seconds), **rows}
    links = _links(key, start, end)
    states = _states(key, starts, span.seconds, rows, state)
    points = [
        _point(at, at in rows or _covered(links, at, at + span.seconds), rows.get(at), states[at]) for at in starts
    ]
    return Chart(key, span, calls_chart(points, span.seconds), until.late)


def _newest(key: int, start: int, end: int, seconds: int) -> dict[int, dict[str, Any]]:
    """What is not added up to minutes yet."""
    found: dict[int, dict[str, Any]] = {}
    for row in BreakerTen.objects.filter(breaker=key, at__gte=start, at__lt=end).order_by("at").values():
        span = found.setdefault(row["at"] // seconds * seconds, {**row, "hist": {}, **dict.fromkeys(SUMS, 0)})
        span |= {name: span[name] + row[name] for name in SUMS}
        span["hist"] = merged([span["hist"], row["hist"]])
        span["worst"] = min(span["worst"], row["worst"], key=_rank)
    return found


def _rank(state: str) -> int:
    return WORST_FIRST.index(state) if state in WORST_FIRST else len(WORST_FIRST)


def _point(at: int, linked: bool, row: dict[str, Any] | None, state: str) -> Point:
    if not linked:
        return Point(at, linked=False, state="none")
    if row is None:
        return Point(at, linked=True, state=state)
    p95 = percentile(merged([row["hist"]]), 0.95)
    return Point(at, True, row["admitted"], row["failures"], row["refused"], p95, state)


def _links(key: int, start: int, end: int) -> list[tuple[float, float]]:
    """When any of its processes was linked."""
    since, until = (datetime.fromtimestamp(at, UTC) for at in (start, end))
    its = LinkInterval.objects.filter(process__breakers_now__breaker=key, began_at__lt=until)
    its = its.filter(Q(ended_at=None) | Q(ended_at__gte=since)).order_by("-began_at")
    rows = its.values_list("began_at", "ended_at")[:MOST_LINKS]
    return [(began.timestamp(), ended.timestamp() if ended else float("inf")) for began, ended in rows]


def _covered(links: Sequence[tuple[float, float]], start: float, end: float) -> bool:
    return any(began < end and ended > start for began, ended in links)


def _states(key: int, starts: range, seconds: int, rows: dict[int, dict[str, Any]], state: str) -> dict[int, str]:
    """The worst state of each span where calls were counted; elsewhere what the last transition before it led to."""
    since, until = (datetime.fromtimestamp(at, UTC) for at in (starts.start, starts.stop))
    its = Transition.objects.filter(breaker=key, kind="transition", at__lt=until).order_by("-at", "-id")
    changes = [
        (at.timestamp(), before, after)
        for at, before, after in its.values_list("at", "before", "after")[:MOST_TRANSITIONS]
    ]
    changes.reverse()
    inside = [change for change in changes if change[0] >= since.timestamp()]
    earlier = [change for change in changes if change[0] < since.timestamp()]
    present = earlier[-1][2] if earlier else inside[0][1] if inside else state
    found, position = {}, 0
    for at in starts:
        while position < len(inside) and inside[position][0] < at + seconds:
            present = inside[position][2]
            position += 1
        worst = rows[at]["worst"] if at in rows else ""
        found[at] = (worst or present).lower() or "none"
    return found
