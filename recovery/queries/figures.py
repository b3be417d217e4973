"""Rates of the last half minute: calls, failures, refusals, p95. No number is better than an old one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Sum

from recovery.charts.histogram import merged, percentile
from recovery.models import BreakerTen, Job

SLOT = 10  # s
SPAN = 30  # s that rates are taken over
SETTLED = 8  # s after its end a slot has come in from nearly all processes
AGGREGATOR = "rollup"  # the job that makes aggregates
LATE = 60  # s after which rates are too old to be called present


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one breaker or of many. None: not known."""

    calls: float | None = None  # a second, admitted and refused
    refused: float | None = None  # a second
    failed: float | None = None  # % of the admitted
    p95: float | None = None  # s

    @property
    def idle(self) -> bool:
        """Linked, and nobody calls."""
        return self.calls == 0


UNKNOWN = Figures()
IDLE = Figures(calls=0.0, refused=0.0)


@dataclass(frozen=True, slots=True)
class Window:
    """The span that rates are taken over, as seconds since the epoch; `late`: the aggregates stopped before it."""

    start: int
    end: int
    late: bool = False


def window(now: datetime) -> Window:
    """The newest span that has settled; where nothing was called, the aggregator's last run says how far it got."""
    settled = int(now.timestamp() - SETTLED) // SLOT * SLOT
    newest = BreakerTen.objects.aggregate(at=Max("at"))["at"] or 0
    ran = Job.objects.filter(name=AGGREGATOR).values_list("finished_at", flat=True).first()
    rolled = max(newest + SLOT, int(ran.timestamp() - SETTLED) // SLOT * SLOT if ran else 0)
    end = min(rolled, settled)
    return Window(end - SPAN, end, late=end < settled - LATE)


def of_breakers(ids: Collection[int], span: Window) -> Mapping[int, Figures]:
    """Rates of these breakers; one that was not called is idle. One query."""
    rows = BreakerTen.objects.filter(breaker__in=ids, at__gte=span.start, at__lt=span.end)
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for breaker, *row in rows.values_list("breaker_id", "admitted", "failures", "refused", "hist"):
        found[breaker].append(tuple(row))
    return defaultdict(
        lambda: UNKNOWN if span.late else IDLE, {} if span.late else {b: _of(r) for b, r in found.items()}
    )


def _of(rows: list[tuple[Any, ...]]) -> Figures:
    admitted, failures, refused = (sum(row[column] for row in rows) for column in range(3))
    return Figures(
        calls=(admitted + refused) / SPAN,
        refused=refused / SPAN,
        failed=failures * 100 / admitted if admitted else None,
        p95=percentile(merged(row[3] for row in rows), 0.95),
    )


def of_all(span: Window) -> Figures:
    """Rates of the whole house. One query."""
    rows = BreakerTen.objects.filter(at__gte=span.start, at__lt=span.end)
    sums = rows.aggregate(admitted=Sum("admitted", default=0), refused=Sum("refused", default=0))
    if span.late:
        return UNKNOWN
    return Figures(calls=(sums["admitted"] + sums["refused"]) / SPAN, refused=sums["refused"] / SPAN)
