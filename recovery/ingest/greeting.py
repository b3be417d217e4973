"""Hello: the process's row, the beginning of its link, and all that its welcome carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from recovery import wire
from recovery.models import BreakerNow, LinkInterval, Process, Token
from recovery.wire import limits

from .desired_state import Step, commands_for, desired_of
from .jobs import Greet, Peer
from .presence import SILENCE, close
from .rows import Unit
from .times import measured

USED_AGAIN = timedelta(seconds=60)  # a token's last use is written at most so often
RESTORED = timedelta(hours=1)
_VERSION, _ENGINE = 100, 50


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the welcome says."""

    peer: Peer
    last_slot: int
    last_seq: int
    desired: wire.Desired
    commands: tuple[Step, ...]
    restore: tuple[wire.WasOpen, ...]


def greet(work: Greet, at: datetime, unit: Unit) -> Greeting:
    """Write who is there; what it is to know."""
    hello = work.hello
    row = _row(work, at)
    interval = work.known.interval if work.known else _link(row["id"], work, at, unit)
    offset = measured(row["clock_offset_ms"] / 1000 if row["first"] is False else None, hello.clock, at.timestamp())
    _used(work.token, at)
    peer = Peer(
        service=work.service,
        process=row["id"],
        interval=interval,
        uid=hello.process,
        host=hello.host,
        version=hello.service_version[:_VERSION],
        offset=offset,
    )
    _update(peer, hello, at, offset)
    unit.count("hellos")
    return Greeting(
        peer=peer,
        last_slot=row["last_slot"],
        last_seq=row["last_seq"],
        desired=_desired(peer, at, unit),
        commands=tuple(commands_for(peer, at)),
        restore=_restored(peer, at) if hello.restore else (),
    )


def _desired(peer: Peer, at: datetime, unit: Unit) -> wire.Desired:
    who = {"uid": peer.uid, "host": peer.host, "version": peer.version}
    return desired_of(peer.service, **who, now=at, known=unit.memory.policies)


def _row(work: Greet, at: datetime) -> dict[str, Any]:
    """The process, made where it is new."""
    columns = ("id", "last_slot", "last_seq", "clock_offset_ms", "heard_at", "first_seen_at")
    rows = Process.objects.select_for_update().filter(service=work.service, uid=work.hello.process)
    row = rows.values(*columns).first()
    if row is not None:
        return {**row, "first": False}
    process = Process.objects.create(
        service_id=work.service, uid=work.hello.process, host=work.hello.host, first_seen_at=at, heard_at=at
    )
    return {"id": process.pk, "last_slot": 0, "last_seq": 0, "clock_offset_ms": 0, "first": True}


def _update(peer: Peer, hello: wire.Hello, at: datetime, offset: float) -> None:
    started = max(0.0, hello.started - offset)
    Process.objects.filter(pk=peer.process).update(
        host=hello.host,
        pid=hello.pid,
        version=peer.version,
        engine_version=hello.engine[:_ENGINE],
        labels={**hello.labels, **({"runtime": hello.runtime} if hello.runtime else {})},
        capabilities=list(hello.can),
        started_at=datetime.fromtimestamp(min(started, limits.MOMENT), UTC) if hello.started else None,
        heard_at=at,
        left_at=None,
        clock_offset_ms=max(-(2**31), min(2**31 - 1, round(offset * 1000))),
    )


def _link(process: int, work: Greet, at: datetime, unit: Unit) -> int:
    """A new interval; single requests of one process share theirs. What was open ended when it was heard last."""
    links = LinkInterval.objects.filter(process=process, ended_at=None).order_by("pk")
    found = list(links.values_list("pk", "heard_at"))
    if found and not work.lasting:
        LinkInterval.objects.filter(pk=found[-1][0]).update(heard_at=at)
        return found[-1][0]
    unit.hint("service", work.service)
    for key, heard in found:
        close([key], None, "replaced" if heard > at - SILENCE else "lost", unit)
    unit.stale |= set(BreakerNow.objects.filter(process=process).values_list("breaker_id", flat=True))
    return LinkInterval.objects.create(process_id=process, began_at=at, heard_at=at).pk


def _used(token: int, at: datetime) -> None:
    unused = Token.objects.filter(pk=token).exclude(last_used_at__gt=at - USED_AGAIN)
    unused.update(last_used_at=at)


def _restored(peer: Peer, at: datetime) -> tuple[wire.WasOpen, ...]:
    """Breakers that were OPEN in processes of the same host and version that are gone."""
    rows = BreakerNow.objects.filter(
        process__service=peer.service,
        process__host=peer.host,
        process__version=peer.version,
        state="OPEN",
        since__gt=at - RESTORED,
    ).exclude(process=peer.process)
    rows = rows.exclude(process__in=LinkInterval.objects.filter(ended_at=None).values("process"))
    newest = dict(rows.order_by("since").values_list("breaker__name", "since"))
    was = [wire.WasOpen(breaker=name, opened_for=(at - since).total_seconds()) for name, since in newest.items()]
    return tuple(was[: limits.DESIRED])
