"""What each process runs of a target now, beside what it is wanted to run.

A breaker's configuration is declared by every process; of an operation the console knows what each process confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.models import BreakerNow, Confirmation, Policy, Process
from recovery.models.desired import fits
from recovery.queries.linking import is_linked

from .values import Change, changes, differences, whole
from .which import Target, published

MOST = 100  # processes that are shown
LATEST = 20  # policies that are looked at
AS_WANTED, SENT, REFUSED, DIFFERS = "as wanted", "sent", "refused", "differs"
WORST_FIRST = (REFUSED, DIFFERS, SENT, AS_WANTED)


@dataclass(frozen=True, slots=True)
class Runs:
    """One linked process."""

    process: int
    uid: str
    host: str
    pid: int
    version: str
    revision: int | None  # of the policy it runs; None: the code's own
    wanted: int | None  # of the policy that means it; None: the code's own
    word: str
    why: str
    drift: tuple[Change, ...]  # wanted, and what it runs
    heard_at: datetime
    force: Mapping[str, Any]  # all that it runs

    @property
    def well(self) -> bool:
        """Whether it runs what it is wanted to."""
        return self.word == AS_WANTED


@dataclass(frozen=True, slots=True)
class Running:
    """The linked processes, those that drift first."""

    kind: str
    id: int
    rows: tuple[Runs, ...]
    total: int
    policies: tuple[Policy, ...]  # that may be in force somewhere, the newest first

    @property
    def drifting(self) -> int:
        """How many run something else than wanted."""
        return sum(not row.well for row in self.rows)

    @property
    def refused(self) -> int:
        """How many could not take it."""
        return sum(row.word == REFUSED for row in self.rows)

    @property
    def well(self) -> int:
        """How many run what they are wanted to."""
        return len(self.rows) - self.drifting


def running(target: Target) -> Running:
    """Four queries."""
    latest = list(published(target)[:LATEST])
    found = _breakers(target) if target.kind == "breaker" else _processes(target)
    rows = list(found[:MOST])
    processes = [_process(row) for row in rows]
    told = _told(target, latest, processes)
    made = (
        _runs(target, process, latest, _declared(row, target), told)
        for row, process in zip(rows, processes, strict=True)
    )
    ranked = sorted(made, key=lambda each: WORST_FIRST.index(each.word))
    return Running(target.kind, target.id, tuple(ranked), found.count(), tuple(in_reach(latest)))


def in_reach(latest: Sequence[Policy]) -> list[Policy]:
    """The newest for all, and what is newer than that."""
    wide = next((place for place, each in enumerate(latest) if not each.scope), len(latest))
    return list(latest[: wide + 1])


def _breakers(target: Target) -> Any:
    linked = BreakerNow.objects.filter(is_linked("process_id"), breaker=target.id)
    return linked.select_related("process").order_by("process__host", "process__pid")


def _processes(target: Target) -> Any:
    return Process.objects.filter(is_linked(), service=target.service).order_by("host", "pid")


def _process(row: BreakerNow | Process) -> Process:
    return row if isinstance(row, Process) else row.process


def _declared(row: BreakerNow | Process, target: Target) -> tuple[Mapping[str, Any], int | None] | None:
    """What the process itself says it runs; None: it is worked out from what it confirmed."""
    if isinstance(row, Process):
        return None
    return whole(target.kind, row.config, None), row.policy_revision


def _told(target: Target, latest: Iterable[Policy], processes: Iterable[Process]) -> dict[tuple[int, int], Any]:
    """What processes said of these revisions, by (process, revision)."""
    its = Confirmation.objects.filter(
        service=target.service, revision__in=[each.revision for each in latest], process__in=processes
    )
    return {(row.process_id, row.revision): row for row in its}


def _runs(
    target: Target,
    process: Process,
    latest: Sequence[Policy],
    declared: tuple[Mapping[str, Any], int | None] | None,
    told: Mapping[tuple[int, int], Any],
) -> Runs:
    wanted = next((each for each in latest if _means(each, process)), None)
    if declared is None:
        taken = next((each for each in latest if _means(each, process) and _took(each, process, told)), None)
        fields, revision = (taken.fields, taken.revision) if taken is not None and taken.fields else (None, None)
        declared = whole(target.kind, target.code, fields), revision
    force, revision = declared
    over = wanted.fields if wanted is not None else None
    drift = differences(target.kind, whole(target.kind, target.code, over), force)
    word, why = _word(wanted, process, told, drift, {change.name for change in changes(target.kind, over, None)})
    return Runs(
        process=process.pk,
        uid=process.uid,
        host=process.host,
        pid=process.pid,
        version=process.version,
        revision=revision,
        wanted=wanted.revision if wanted is not None and wanted.fields is not None else None,
        word=word,
        why=why,
        drift=drift,
        heard_at=process.heard_at,
        force=force,
    )


def _word(
    wanted: Policy | None,
    process: Process,
    told: Mapping[tuple[int, int], Any],
    drift: tuple[Change, ...],
    overridden: set[str],
) -> tuple[str, str]:
    """How it stands with what is wanted, and why."""
    said = told.get((process.pk, wanted.revision)) if wanted is not None else None
    if said is not None and said.applied is False:
        return REFUSED, said.why
    if not drift:
        return AS_WANTED, ""
    if wanted is not None and not _took(wanted, process, told):
        return SENT, ""
    if overridden.isdisjoint(change.name for change in drift):
        return DIFFERS, f"its code says otherwise{f' (version {process.version})' if process.version else ''}"
    return DIFFERS, ""


def _means(policy: Policy, process: Process) -> bool:
    return fits(policy.scope, uid=process.uid, host=process.host, version=process.version)


def _took(policy: Policy, process: Process, told: Mapping[tuple[int, int], Any]) -> bool:
    """Whether the process applied it, by its own word or as part of all it was given with its welcome."""
    said = told.get((process.pk, policy.revision))
    if said is not None and said.at is not None:
        return bool(said.applied)
    return process.applied_revision >= policy.revision
