"""A breaker in its processes: state, rates and counts right now, version, policy, when it was heard from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from recovery import moment
from recovery.models import BreakerNow, Process
from recovery.models.breakers import WORST_FIRST
from recovery.queries.linking import CUT_OFF, LINKED, is_linked, recent, silence

from .live import Beat, Beats, probe_at
from .standing import standing
from .which import Which

MOST = 100
_RANKS = [When(state=state, then=Value(rank)) for rank, state in enumerate(WORST_FIRST)]


@dataclass(frozen=True, slots=True)
class InProcess:
    """The breaker in one process."""

    process_id: int
    uid: str
    host: str
    pid: int
    twin: str  # what tells it from another of the same host and pid
    started_at: datetime | None
    version: str
    state: str
    since: datetime | None
    cause: str
    probe_at: datetime | None
    held_until: datetime | None
    policy_revision: int | None
    heard_at: datetime
    silence: str
    calls: float | None  # a second, as its last pulse said; None: there is none
    refused: float | None
    p95: float | None
    counts: str  # beside its thresholds, in words

    @property
    def next(self) -> bool:
        """Whether something is known of what comes next."""
        return self.silence == LINKED and bool(self.counts or self.held_until or self.probe_at)

    @property
    def probe_due(self) -> bool:
        """Whether the wait is over: the next call is the probe."""
        return self.probe_at is not None and self.probe_at <= moment.now()


@dataclass(frozen=True, slots=True)
class Processes:
    """The worst of them first."""

    breaker: int
    rows: tuple[InProcess, ...]
    total: int
    linked: int
    beating: int  # rows that say how it is right now

    @property
    def cut_off(self) -> int:
        """How many were cut off a short while ago."""
        return sum(row.silence == CUT_OFF for row in self.rows)


def processes(which: Which, beats: Beats) -> Processes:
    """Three queries."""
    now = moment.now()
    its = _there(which, now)
    ranked = its.annotate(rank=Case(*_RANKS, default=Value(9), output_field=IntegerField()))
    shown = ranked.order_by("-linked", "rank", "process__host", "process__pid", "process_id").select_related("process")
    rows = [_row(each, beats.get(each.process_id), now) for each in shown[:MOST]]
    return Processes(
        breaker=which.id,
        rows=tuple(told_apart(rows)),
        total=its.count(),
        linked=its.filter(linked=True).count(),
        beating=sum(row.calls is not None for row in rows),
    )


def _there(which: Which, now: datetime) -> QuerySet[BreakerNow]:
    """By the service's living processes, so that those that left long ago are not even looked at."""
    living = Process.objects.filter(recent(now), service=which.service_id).order_by()
    its = BreakerNow.objects.filter(process__in=living.values("pk"), breaker=which.id)
    return its.annotate(linked=is_linked("process_id"))


def _row(each: Any, beat: Beat | None, now: datetime) -> InProcess:
    process = each.process
    how = silence(linked=each.linked, left_at=process.left_at, heard_at=process.heard_at, now=now)
    told = beat if how == LINKED else None
    heard_at = max(process.heard_at, now - timedelta(seconds=told.age)) if told else process.heard_at
    return InProcess(
        process_id=process.pk,
        uid=process.uid,
        host=process.host,
        pid=process.pid,
        twin="",
        started_at=process.started_at,
        version=process.version,
        state=each.state,
        since=each.since,
        cause=each.cause,
        probe_at=probe_at(told, each.probe_at) if each.state == "OPEN" else None,
        held_until=_until(each.hold),
        policy_revision=each.policy_revision,
        heard_at=heard_at,
        silence=how,
        calls=told.pulse.calls if told else None,
        refused=told.pulse.refused if told else None,
        p95=told.pulse.p95 if told else None,
        counts=standing(told.pulse, each.config) if told else "",
    )


def _until(hold: Any) -> datetime | None:
    ends = hold.get("until") if isinstance(hold, dict) else None
    return datetime.fromtimestamp(ends, moment.now().tzinfo) if isinstance(ends, int | float) else None


def told_apart(rows: list[InProcess]) -> list[InProcess]:
    """Containers may share a host's name and a pid: such rows get the end of their process's own id."""
    same = Counter((row.host, row.pid) for row in rows)
    return [replace(row, twin=row.uid[-6:]) if same[row.host, row.pid] > 1 else row for row in rows]
