"""A breaker in its processes: state, version, which policy it runs, when it was heard from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from recovery import moment
from recovery.models import BreakerNow
from recovery.models.breakers import WORST_FIRST
from recovery.queries.linking import CUT_OFF, is_linked, recent, silence

MOST = 100
_RANKS = [When(state=state, then=Value(rank)) for rank, state in enumerate(WORST_FIRST)]


@dataclass(frozen=True, slots=True)
class InProcess:
    """The breaker in one process."""

    process_id: int
    uid: str
    host: str
    pid: int
    version: str
    state: str
    since: datetime | None
    cause: str
    probe_at: datetime | None
    policy_revision: int | None
    heard_at: datetime
    silence: str
    config: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Processes:
    """The worst of them first."""

    breaker: int
    rows: tuple[InProcess, ...]
    total: int
    linked: int

    @property
    def cut_off(self) -> int:
        """How many were cut off a short while ago."""
        return sum(row.silence == CUT_OFF for row in self.rows)


def processes(key: int) -> Processes:
    """Three queries."""
    now = moment.now()
    its = BreakerNow.objects.filter(recent(now, "process__"), breaker=key).annotate(linked=is_linked("process_id"))
    ranked = its.annotate(rank=Case(*_RANKS, default=Value(9), output_field=IntegerField()))
    shown = ranked.order_by("-linked", "rank", "process__host", "process__pid").select_related("process")[:MOST]
    return Processes(
        breaker=key,
        rows=tuple(_row(each, now) for each in shown),
        total=its.count(),
        linked=its.filter(linked=True).count(),
    )


def _row(each: Any, now: datetime) -> InProcess:
    process = each.process
    return InProcess(
        process_id=process.pk,
        uid=process.uid,
        host=process.host,
        pid=process.pid,
        version=process.version,
        state=each.state,
        since=each.since,
        cause=each.cause,
        probe_at=each.probe_at,
        policy_revision=each.policy_revision,
        heard_at=process.heard_at,
        silence=silence(linked=each.linked, left_at=process.left_at, heard_at=process.heard_at, now=now),
        config=each.config,
    )
