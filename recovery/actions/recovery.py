"""What a check's result changes: how the check stands, and, after enough healthy ones in a row, its breakers.

AutoRecovery goes through desired state like everybody else: commands to all linked processes, audited, and never over
an operator's hold: who is held is left out here, the command is refused on a held breaker, and so it is by the engine.
Results count for a breaker from when it opened, and from when recovery last acted: n healthy in a row, then one act.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from recovery import health
from recovery.engine.enums import BreakerState
from recovery.health.standing import counted_from
from recovery.live.hints import hint_on_commit
from recovery.models import Breaker, Check, CheckDay, CheckResult, Hold
from recovery.models.desired import RELEASE
from recovery.models.fields import TEXT

from . import commands
from .actor import Actor, machine
from .audit import record
from .problems import Held

AUTO_RECOVERY: Actor = machine("AutoRecovery")
WANTED = {
    Check.Act.RESET: (BreakerState.OPEN, BreakerState.HALF_OPEN),
    Check.Act.PROBE: (BreakerState.OPEN,),
    Check.Act.SUGGEST: (BreakerState.OPEN,),
}


@transaction.atomic
def settle(key: int, run: UUID, result: health.ProbeResult, at: datetime) -> list[str]:
    """Keep the result of a run, once, and recover what is to be recovered: names of the breakers that were acted on.

    A run that is not the check's present one (its lease was over, the check was edited) counts for nothing.
    """
    check = Check.objects.select_for_update(of=("self",)).select_related("service").filter(pk=key, run=run).first()
    if check is None:
        return []
    standing = health.after(health.Standing(check.healthy, check.streak, check.since), result.healthy, at)
    check.healthy, check.streak, check.since = standing.healthy, standing.streak, standing.since
    check.last_text, check.last_run_at = result.text[:TEXT], at
    check.next_run_at = health.next_run(f"check:{key}", check.interval, at)
    check.run, check.owner, check.lease_until = None, "", None
    CheckResult.objects.create(
        parent=check, run=run, at=at, healthy=result.healthy, latency_ms=result.latency_ms, text=check.last_text
    )
    _counted(check, result.healthy, at)
    acted = _recovered(check) if result.healthy else []
    if acted:
        check.acted_at = at
    check.save(
        update_fields=[
            *("healthy", "streak", "since", "last_text", "last_run_at", "next_run_at"),
            *("run", "owner", "lease_until", "acted_at"),
        ]
    )
    hint_on_commit("check", key, check.revision)
    return acted


def _counted(check: Check, healthy: bool, at: datetime) -> None:
    """Add it to its day; the check's row is locked, so nobody else does meanwhile."""
    day, _ = CheckDay.objects.get_or_create(parent=check, day=at.date())
    CheckDay.objects.filter(pk=day.pk).update(runs=F("runs") + 1, healthy=F("healthy") + int(healthy))


def _recovered(check: Check) -> list[str]:
    states = [state.value for state in WANTED[Check.Act(check.act)]]
    breakers = check.breakers.filter(state__in=states).order_by("name")
    return [breaker.name for breaker in breakers if _is_to_be(check, breaker) and _act(check, breaker)]


def _is_to_be(check: Check, breaker: Breaker) -> bool:
    if check.act == Check.Act.SUGGEST and check.acted_at and breaker.since and check.acted_at >= breaker.since:
        return False  # it was suggested for this opening
    since = counted_from(breaker.since, check.acted_at)
    rows = CheckResult.objects.filter(parent=check, at__gte=check.since)
    if since is not None:
        rows = rows.filter(at__gt=since)
    healthy = rows[: check.healthy_after].count()
    return health.enough(healthy, check.healthy_after) and not _held(check, breaker)


def _held(check: Check, breaker: Breaker) -> bool:
    """Whether an operator holds it somewhere; the command looks again, under lock."""
    holds = Hold.objects.filter(service=check.service, breaker=breaker.name, ended_at=None)
    return holds.exclude(kind=RELEASE).exists()


def _act(check: Check, breaker: Breaker) -> bool:
    """Whether it was done."""
    reason = f"check {check.name!r}: {check.healthy_after} healthy in a row"[:TEXT]
    if check.act == Check.Act.SUGGEST:
        record(AUTO_RECOVERY, "suggest reset", target=breaker.name, service=check.service, reason=reason)
        hint_on_commit("breaker", breaker.pk)
        return True
    do = commands.probe if check.act == Check.Act.PROBE else commands.reset
    try:
        do(check.service, breaker.name, actor=AUTO_RECOVERY, reason=reason, unless_held=True)
    except Held:
        return False
    return True
