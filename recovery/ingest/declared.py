"""What processes declare: breakers and operations with their configuration, and how each stands there now."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from recovery import wire
from recovery.models import Breaker, BreakerNow, Operation
from recovery.models.fields import TEXT
from recovery.models.sql import insert_new, update_rows

from .jobs import Job
from .rows import Unit
from .times import moment

CONFIG = ("config", "config_source", "policy_revision")
STATE = ("state", "since", "cause", "sequence", "probe_at", "hold")
NOW = (*STATE, *CONFIG)
_SOURCE = 20  # characters
_CODE = ("code_config", "locked", "doubled")


def keep(jobs: list[Job], unit: Unit) -> None:
    """Write the frames' breakers and operations; later frames win."""
    if not jobs:
        return
    by_service: dict[int, list[Job]] = defaultdict(list)
    for job in jobs:
        assert job.peer is not None
        by_service[job.peer.service].append(job)
    for service, its in sorted(by_service.items()):
        _breakers(service, its, unit)
        _operations(service, its, unit)


def _said(job: Job) -> wire.Declare:
    assert isinstance(job.work, wire.Declare)
    return job.work


def _breakers(service: int, jobs: list[Job], unit: Unit) -> None:
    found = {each.name: each for job in jobs for each in _said(job).breakers}
    if not found:
        return
    ids, new = unit.memory.names.ids(Breaker, service, found, jobs[-1].received)
    unit.count("left_out", len(found) - len(ids))
    said = {ids[name]: (each.config, each.locked, each.twins > 1) for name, each in found.items() if name in ids}
    _code(Breaker, service, said, unit)
    if new:
        unit.hint("service", service)
    _now(jobs, ids, unit)


def _operations(service: int, jobs: list[Job], unit: Unit) -> None:
    found = {each.name: each for job in jobs for each in _said(job).operations}
    if not found:
        return
    ids, _ = unit.memory.names.ids(Operation, service, found, jobs[-1].received)
    unit.count("left_out", len(found) - len(ids))
    said = {ids[name]: (each.config, each.locked) for name, each in found.items() if name in ids}
    _code(Operation, service, said, unit)


def _code(model: type[Breaker] | type[Operation], service: int, said: dict[int, tuple[Any, ...]], unit: Unit) -> None:
    """The code's own config, written where it changed."""
    columns = _CODE if model is Breaker else _CODE[:2]
    rows = model.objects.filter(service=service, pk__in=said).order_by("pk").values_list("pk", *columns)
    changed = [(*said[key], key) for key, *values in rows if tuple(values) != said[key]]
    update_rows(model, columns, changed)
    if changed:
        unit.hint("service", service)


def _now(jobs: list[Job], ids: dict[str, int], unit: Unit) -> None:
    """How each breaker stands in each process. A state older than what is kept is left alone; a config is taken."""
    wanted: dict[tuple[int, int], tuple[Job, wire.BreakerDeclared]] = {}
    for job in jobs:
        assert job.peer is not None
        for each in _said(job).breakers:
            if each.name in ids:
                wanted[job.peer.process, ids[each.name]] = job, each
    kept = present(wanted)
    fresh, changed = [], []
    for key, (job, each) in wanted.items():
        values, row = _values(job, each), kept.get(key)
        merged = values if row is None else _merged(row, values)
        if row is None:
            fresh.append((*key, *values, {}))
        elif merged != row[1:]:
            changed.append((*merged, row[0]))
        if row is None or merged[:2] != row[1:3]:
            unit.stale.add(key[1])
    insert_new(BreakerNow, ("process_id", "breaker_id", *NOW, "labels"), fresh)
    update_rows(BreakerNow, NOW, changed)


def present(wanted: Any) -> dict[tuple[int, int], tuple[Any, ...]]:
    """Rows of these (process, breaker), as primary key and the columns of NOW."""
    processes, breakers = {key[0] for key in wanted}, {key[1] for key in wanted}
    rows = BreakerNow.objects.filter(process__in=processes, breaker__in=breakers)
    return {
        (process, breaker): (key, *values)
        for key, process, breaker, *values in rows.values_list("pk", "process_id", "breaker_id", *NOW)
    }


def _merged(row: tuple[Any, ...], values: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is kept with what is declared: of two states the newer one, by the breaker's own sequence."""
    was, said = dict(zip(NOW, row[1:], strict=True)), dict(zip(NOW, values, strict=True))
    merged = {**was, **said}
    if said["sequence"] < was["sequence"]:
        merged |= {name: was[name] for name in STATE}
    elif said["sequence"] == was["sequence"] and said["state"] == was["state"]:
        # The same period: its moment was measured when we first heard of it.
        merged |= {"since": was["since"], "cause": was["cause"], "hold": said["hold"] or was["hold"]}
    merged["probe_at"] = probe_at(merged["state"], merged["since"], merged["config"])
    return tuple(merged[name] for name in NOW)


def _values(job: Job, each: wire.BreakerDeclared) -> tuple[Any, ...]:
    peer = job.peer
    assert peer is not None
    config = {**each.config, **each.override}
    since = moment(each.since, peer.offset, job.received)
    return (
        each.state,
        since,
        each.cause[:TEXT],
        each.sequence,
        probe_at(each.state, since, config),
        _hold(each.hold),
        config,
        each.config_source[:_SOURCE],
        each.revision,
    )


def _hold(hold: wire.Hold | None) -> dict[str, Any] | None:
    if hold is None:
        return None
    return {"kind": hold.kind, "reason": hold.reason[:TEXT], "actor": hold.actor, "until": hold.until}


def probe_at(state: str, since: datetime, config: dict[str, Any]) -> datetime | None:
    """When an OPEN breaker lets a call in again, as far as its config tells: growth and jitter only it knows."""
    wait = config.get("recovery_timeout")
    if state != "OPEN" or not isinstance(wait, int | float) or not 0 <= wait <= 10**9:
        return None
    return since + timedelta(seconds=wait)
