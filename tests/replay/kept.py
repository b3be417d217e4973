"""A life put into the database the way ingest keeps what a client reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil

from recovery import wire
from recovery.ingest.packing import pack
from recovery.models import Breaker, BreakerNow, LinkInterval, Process, Service, Slice, Transition
from recovery.wire.limits import SLOT_SECONDS
from tests import factories as make
from tests.replay.recorded import Life


def _moment(seconds: float, offset_ms: int = 0) -> datetime:
    return datetime.fromtimestamp(seconds, UTC) - timedelta(milliseconds=offset_ms)


def breaker_of(life: Life, service: Service) -> Breaker:
    """The breaker, whose code says what the life's config says."""
    found: Breaker
    found, _ = Breaker.objects.get_or_create(
        service=service,
        name=life.name,
        defaults={"state": "CLOSED", "code_config": life.config.as_dict(), "first_seen_at": make.ago(days=3)},
    )
    return found


def keep(life: Life, service: Service | None = None, host: str = "web-1", *, offset_ms: int = 0) -> Process:
    """Its process, slices, transitions and link. ``offset_ms``: its clock is so much ahead of the console's."""
    service = service or make.service()
    breaker = breaker_of(life, service)
    times = {"began_at": _moment(life.timeline.started, offset_ms), "heard_at": _moment(life.ended / 1000, offset_ms)}
    process: Process = Process.objects.create(
        service=service, uid=f"{host}-{life.seed}-{life.name}", host=host, pid=life.seed + 1,
        started_at=times["began_at"], first_seen_at=times["began_at"], heard_at=times["heard_at"],
        clock_offset_ms=offset_ms,
    )  # fmt: skip
    LinkInterval.objects.create(process=process, **times)
    changes = [each for each in life.told if each.breaker == life.name and not each.would_open]
    state = changes[-1].after if changes else "CLOSED"
    BreakerNow.objects.create(process=process, breaker=breaker, state=state, config=life.config.as_dict())
    Slice.objects.bulk_create(_slice(life, each, process, offset_ms) for each in life.slices)
    Transition.objects.bulk_create(
        Transition(
            process=process,
            breaker=breaker,
            seq=seq,
            sequence=each.sequence,
            before=each.before,
            after=each.after,
            cause=each.cause,
            evidence=each.evidence,
            actor=each.actor,
            at=_moment(each.at, offset_ms),
        )
        for seq, each in enumerate(changes, 1)
    )
    return process


def _slice(life: Life, made: wire.Slice, process: Process, offset_ms: int) -> Slice:
    return Slice(
        process=process,
        own_slot=made.slot,
        slot=round((made.start - offset_ms / 1000) / SLOT_SECONDS),
        width=ceil(made.seconds / SLOT_SECONDS),
        received_at=_moment(made.start + made.seconds, offset_ms),
        lost=sum(part.lost for part in made.breakers),
        blob=pack(made),
    )
