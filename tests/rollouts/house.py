"""A service of several linked processes, and the traffic on them, as rows: the clock is advanced by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from recovery import moment, wire
from recovery.actions import rollouts
from recovery.actions.actor import Actor
from recovery.ingest.packing import pack
from recovery.models import (
    Breaker,
    BreakerNow,
    Confirmation,
    LinkInterval,
    Operation,
    Policy,
    Process,
    Rollout,
    Service,
    Slice,
    Transition,
)
from recovery.models.desired import in_force

BOSS = Actor("boss", origin="command")
NEW = {"failure_threshold": 9}
CODE = {"failure_threshold": 5, "recovery_timeout": 60.0}


def begin(service: Service, fields: Any = NEW, **how: Any) -> Rollout:
    """A rollout of the breaker, begun."""
    said: dict[str, Any] = {"actor": BOSS, "base": 0, "reason": "try it"}
    return rollouts.begin(service, "breaker", "bank", fields, **(said | how))


def make(processes: int = 6, name: str = "shop") -> Service:
    """A service with `bank` and `fetch`, on linked processes."""
    at = moment.now()
    service = Service.objects.create(name=name, created_at=at)
    Breaker.objects.create(service=service, name="bank", state="CLOSED", first_seen_at=at, code_config=CODE)
    Operation.objects.create(service=service, name="fetch", first_seen_at=at, code_config={"max_attempts": 3})
    for number in range(processes):
        arrive(service, f"web-{number}")
    return service


def arrive(service: Service, uid: str, **fields: Any) -> Process:
    """A process is linked, with the breaker."""
    at = moment.now()
    said = {"host": uid, "version": "1", "first_seen_at": at, "heard_at": at}
    process = Process.objects.create(service=service, uid=uid, **(said | fields))
    LinkInterval.objects.create(process=process, began_at=at, heard_at=at)
    breaker = Breaker.objects.get(service=service, name="bank")
    BreakerNow.objects.create(process=process, breaker=breaker, state="CLOSED", config=CODE)
    obey(service)
    return process


def leave(process: Process, *, said_bye: bool = True) -> None:
    """Its link ends."""
    at = moment.now()
    LinkInterval.objects.filter(process=process, ended_at=None).update(
        ended_at=at, ending="bye" if said_bye else "lost"
    )
    if said_bye:
        Process.objects.filter(pk=process.pk).update(left_at=at)


def linked(service: Service) -> list[Process]:
    """Who is there."""
    links = LinkInterval.objects.filter(process__service=service, ended_at=None).values("process")
    return list(Process.objects.filter(pk__in=links).order_by("uid"))


def runs(service: Service, target: str = "bank") -> dict[str, Any]:
    """What each linked process was told to run, by uid; None: the code's own."""
    reach = list(Policy.objects.filter(service=service, target=target).order_by("revision"))
    found = {}
    for each in linked(service):
        mine = in_force(reach, uid=each.uid, host=each.host, version=each.version).values()
        found[each.uid] = next((policy.fields for policy in mine), None)
    return found


def obey(service: Service, *, refusing: tuple[str, ...] = ()) -> None:
    """Every linked process confirms what it was told and has not confirmed."""
    reach = list(Policy.objects.filter(service=service).order_by("revision"))
    for each in linked(service):
        for policy in in_force(reach, uid=each.uid, host=each.host, version=each.version).values():
            why = "unknown field" if each.uid in refusing else ""
            said = {"service": service, "sent_at": moment.now(), "at": moment.now(), "applied": not why, "why": why}
            Confirmation.objects.get_or_create(process=each, revision=policy.revision, defaults=said)
            Process.objects.filter(pk=each.pk).update(applied_revision=policy.revision)


@dataclass
class Totals:
    """What a process has counted since its start."""

    successes: int = 0
    failures: int = 0
    refused: int = 0
    hist: dict[int, int] = field(default_factory=dict)


class Traffic:
    """Calls on every linked process, slot by slot; who runs the new fields may fare otherwise."""

    def __init__(self, service: Service, clock: Any, *, calls: int = 20, fails: float = 0.02, bucket: int = 24) -> None:
        self.service, self.clock, self.calls, self.fails, self.bucket = service, clock, calls, fails, bucket
        self.new: dict[str, Any] = {}  # how the new ones differ
        self.of: dict[int, Totals] = {}
        self.seq = 0

    def slot(self) -> None:
        """Ten seconds pass, and what was called in them is reported."""
        running = runs(self.service)
        began = int(moment.now().timestamp()) // 10
        self.clock.advance(10)
        for process in linked(self.service):
            how = self.new if running[process.uid] == NEW else {}
            self._called(process, began, how)

    def _called(self, process: Process, slot: int, how: dict[str, Any]) -> None:
        calls, fails = how.get("calls", self.calls), how.get("fails", self.fails)
        mine = self.of.setdefault(process.pk, Totals())
        before = round(mine.failures + mine.successes)
        failures = round((before + calls) * fails) - round(before * fails) if calls else 0
        mine.failures += failures
        mine.successes += calls - failures
        mine.refused += how.get("refused", 0)
        bucket = how.get("bucket", self.bucket)
        mine.hist[bucket] = mine.hist.get(bucket, 0) + calls
        for _ in range(how.get("openings", 0)):
            self._opened(process, moment.now())
        counted = wire.BreakerSlice(
            name="bank",
            state="CLOSED",
            successes=mine.successes,
            failures=mine.failures,
            refused=mine.refused,
            latency=tuple(sorted(mine.hist.items())),
        )
        retried = wire.OperationSlice(name="fetch", calls=mine.successes + mine.failures, gave_up=mine.failures)
        said = wire.Slice(slot=slot, start=slot * 10.0, breakers=(counted,), operations=(retried,))
        Slice.objects.create(process=process, own_slot=slot, slot=slot, received_at=moment.now(), blob=pack(said))

    def _opened(self, process: Process, at: datetime) -> None:
        self.seq += 1
        breaker = Breaker.objects.get(service=self.service, name="bank")
        said = {"before": "CLOSED", "after": "OPEN", "at": at, "cause": "failures"}
        Transition.objects.create(process=process, breaker=breaker, seq=self.seq, sequence=self.seq, **said)
