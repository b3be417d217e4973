"""What a service is wanted to do, and how far its processes are with it: sent, applied, refused, away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.models import Command, Confirmation, Hold, LinkInterval, Policy, Process, Service
from recovery.models.desired import fits
from recovery.moment import now

MOST_PROCESSES = 2_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one process is with one revision: ``sent``, ``applied``, ``refused``, ``skipped`` or ``away``."""

    process: int
    uid: str
    host: str
    pid: int
    word: str
    why: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a service is with one revision."""

    revision: int
    processes: tuple[Standing, ...]
    expired: bool = False  # a command whose time is over

    def count(self, *words: str) -> int:
        """How many processes stand so."""
        return sum(each.word in words for each in self.processes)

    @property
    def meant(self) -> int:
        """How many processes are to confirm it: those linked, whose breaker it is."""
        return len(self.processes) - self.count("skipped", "away")

    @property
    def done(self) -> bool:
        """Whether every linked process answered."""
        return not self.count("sent")


def progress(service: Service, revision: int) -> Progress | None:
    """How far the linked processes are, in four queries; None: there is no such revision."""
    change = _change(service.pk, revision)
    if change is None:
        return None
    scope: Mapping[str, Any] = getattr(change, "scope", {})
    linked = set(
        LinkInterval.objects.filter(process__service=service, ended_at=None).values_list("process_id", flat=True)
    )
    told = {row.process_id: row for row in Confirmation.objects.filter(service=service, revision=revision)}
    rows = Process.objects.filter(service=service, pk__in=linked | told.keys()).order_by("host", "pid", "pk")
    return Progress(
        revision,
        tuple(
            _standing(row, told.get(row.pk), row.pk in linked, revision, change)
            for row in rows[:MOST_PROCESSES]
            if row.pk in told or fits(scope, uid=row.uid, host=row.host, version=row.version)
        ),
        expired=isinstance(change, Command) and change.expires_at <= now(),
    )


def holds_of(service: Service, breaker: str, at: datetime | None = None) -> list[Hold]:
    """What holds a breaker now, the newest first."""
    found = Hold.objects.filter(service=service, breaker=breaker).in_force(at or now())
    return list(found.order_by("-revision"))


def policy_of(service: Service, kind: str, target: str) -> Policy | None:
    """The last word for all on a target."""
    return Policy.objects.filter(service=service, kind=kind, target=target).for_all().order_by("-revision").first()


def _change(service: int, revision: int) -> Hold | Policy | Command | None:
    for model in (Hold, Policy, Command):
        found: Hold | Policy | Command | None = model.objects.filter(service=service, revision=revision).first()
        if found is not None:
            return found
    return None


def _standing(
    row: Process, told: Confirmation | None, linked: bool, revision: int, change: Hold | Policy | Command
) -> Standing:
    word, why, at = "sent" if linked else "away", "", None
    if told is not None and told.at is not None:
        word = "skipped" if told.applied is None else "applied" if told.applied else "refused"
        why, at = told.why, told.at
    elif not isinstance(change, Command) and row.applied_revision >= revision:
        word = "applied"  # it took the desired state as a whole, this revision with it
    return Standing(row.pk, row.uid, row.host, row.pid, word, why, at)
