"""Who runs what while a policy is rolled out: the new one, the old one, neither yet, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from recovery.models import BreakerNow, Confirmation, LinkInterval, Policy, Process, Rollout
from recovery.models.desired import in_force

NEW, OLD, REFUSED, SENT = "new", "old", "refused", "sent"
MOST = 2_000


@dataclass(frozen=True, slots=True)
class Runs:
    """One linked process. ``since``: when it said that it runs what it was told; None: not known."""

    process: int
    uid: str
    host: str
    pid: int
    version: str
    word: str
    why: str
    since: datetime | None
    arrived: datetime
    ours: bool  # what it was told last is of this rollout


def who(rollout: Rollout) -> tuple[Runs, ...]:
    """Linked processes that have the target, in three queries."""
    processes = list(_processes(rollout).order_by("host", "pid", "pk")[:MOST])
    policies = Policy.objects.filter(service=rollout.service_id, kind=rollout.kind, target=rollout.target)
    reach = list(policies.in_reach().order_by("revision"))
    told = Confirmation.objects.filter(process__in=processes, revision__in=[row.revision for row in reach])
    answers = {(row.process_id, row.revision): row for row in told}
    return tuple(_runs(rollout, row, reach, answers) for row in processes)


def _processes(rollout: Rollout) -> QuerySet[Process]:
    linked = LinkInterval.objects.filter(process__service=rollout.service_id, ended_at=None)
    found = Process.objects.filter(pk__in=linked.values("process"))
    if rollout.kind == "breaker":
        have = BreakerNow.objects.filter(breaker__service=rollout.service_id, breaker__name=rollout.target)
        found = found.filter(pk__in=have.values("process"))
    return found


def _runs(
    rollout: Rollout, row: Process, reach: Sequence[Policy], answers: dict[tuple[int, int], Confirmation]
) -> Runs:
    mine = in_force(reach, uid=row.uid, host=row.host, version=row.version).get((rollout.kind, rollout.target))
    word, why, since = OLD, "", None
    ours = mine is not None and mine.rollout_id == rollout.pk
    if mine is not None and ours:
        answer = answers.get((row.pk, mine.revision))
        taken = answer.applied if answer is not None and answer.at else row.applied_revision >= mine.revision or None
        word = (NEW if mine.fields == rollout.fields else OLD) if taken else SENT if taken is None else REFUSED
        why, since = (answer.why, answer.at) if answer is not None else ("", None)
    return Runs(row.pk, row.uid, row.host, row.pid, row.version, word, why, since, row.first_seen_at, ours)
