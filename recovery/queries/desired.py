"""What a service is wanted to do, and how far its processes are with it: sent, received, applied, refused, away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from recovery.models import BreakerNow, Confirmation, Hold, LinkInterval, Policy, Process, Service
from recovery.models.desired import fits
from recovery.moment import now

from .acts.changes import Change, change_of
from .linking import recent

MOST_PROCESSES = 2_000
WAITING, SENT, APPLIED, REFUSED, SKIPPED = "waiting", "sent", "applied", "refused", "skipped"
AWAY, LEFT, EXPIRED = "away", "left", "expired"
ANSWERED = (APPLIED, REFUSED, SKIPPED)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one process is with one revision.

    ``waiting`` (linked, not sent yet), ``sent``, ``applied``, ``refused``, ``skipped`` (it does not concern it);
    ``expired`` (a command that it did not answer in time), ``away`` (cut off) or ``left`` (it will not return).
    """

    process: int
    uid: str
    host: str
    pid: int
    word: str
    why: str = ""
    at: datetime | None = None

    @property
    def name(self) -> str:
        """As pages call a process."""
        return f"{self.host} · {self.pid}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a service is with one revision."""

    revision: int
    processes: tuple[Standing, ...]
    change: Change
    expired: bool = False  # a command whose time is over

    def count(self, *words: str) -> int:
        """How many processes stand so."""
        return sum(each.word in words for each in self.processes)

    def those(self, *words: str) -> tuple[Standing, ...]:
        """The processes that stand so."""
        return tuple(each for each in self.processes if each.word in words)

    @property
    def meant(self) -> int:
        """How many processes are to confirm it: those linked, whose breaker it is."""
        return len(self.processes) - self.count(SKIPPED, AWAY, LEFT)

    @property
    def sent(self) -> int:
        """How many of them it was sent to."""
        return self.meant - self.count(WAITING)

    @property
    def received(self) -> int:
        """How many of them have it for certain: they answered."""
        return self.count(APPLIED, REFUSED)

    @property
    def applied(self) -> int:
        """How many of them obeyed."""
        return self.count(APPLIED)

    @property
    def done(self) -> bool:
        """Whether every linked process answered."""
        return not self.count(WAITING, SENT)


def progress(service: Service, revision: int) -> Progress | None:
    """How far the processes are, in at most seven queries; None: there is no such revision."""
    change = change_of(service.pk, revision)
    if change is None:
        return None
    linked = set(
        LinkInterval.objects.filter(process__service=service, ended_at=None).values_list("process_id", flat=True)
    )
    told = {row.process_id: row for row in Confirmation.objects.filter(service=service, revision=revision)}
    rows = _asked(service, change, linked, told.keys())
    expired = change.kind == "command" and change.ends_at is not None and change.ends_at <= now()
    standing = (
        _standing(row, told.get(row.pk), row.pk in linked, expired, change)
        for row in rows[:MOST_PROCESSES]
        if row.pk in told or fits(change.scope, uid=row.uid, host=row.host, version=row.version)
    )
    return Progress(revision, tuple(each for each in standing if each is not None), change, expired)


def holds_of(service: Service, breaker: str, at: datetime | None = None) -> list[Hold]:
    """What holds a breaker now, the newest first."""
    found = Hold.objects.filter(service=service, breaker=breaker).in_force(at or now())
    return list(found.order_by("-revision"))


def policy_of(service: Service, kind: str, target: str) -> Policy | None:
    """The last word for all on a target."""
    return Policy.objects.filter(service=service, kind=kind, target=target).for_all().order_by("-revision").first()


def _asked(service: Service, change: Change, linked: Collection[int], told: Collection[int]) -> list[Process]:
    """Who was told, is linked or was cut off just now; of a breaker those that run it: others keep it for its birth."""
    rows = Process.objects.filter(Q(pk__in=[*linked, *told]) | recent(now()), service=service)
    if change.on_breaker:
        runs = BreakerNow.objects.filter(breaker__service=service, breaker__name=change.target)
        rows = rows.filter(pk__in=runs.values("process_id"))
    return list(rows.order_by("host", "pid", "pk"))


def _standing(row: Process, told: Confirmation | None, linked: bool, expired: bool, change: Change) -> Standing | None:
    """None: it has nothing to do with it (it came after a command was over, or left before a word was said)."""
    if told is not None and told.at is not None:
        word = SKIPPED if told.applied is None else APPLIED if told.applied else REFUSED
        return _said(row, word, told.why, told.at)
    if change.lasting and row.applied_revision >= change.revision:
        return _said(row, APPLIED)  # it took the desired state as a whole, this revision with it
    if not linked:
        return _unlinked(row, told, change, expired)
    if expired:
        return _said(row, EXPIRED) if told is not None else None
    return _said(row, WAITING if told is None else SENT)


def _unlinked(row: Process, told: Confirmation | None, change: Change, expired: bool) -> Standing | None:
    gone = row.left_at is not None
    if told is None and (gone or expired or not change.lasting):
        return None
    return _said(row, LEFT if gone else AWAY)


def _said(row: Process, word: str, why: str = "", at: datetime | None = None) -> Standing:
    return Standing(row.pk, row.uid, row.host, row.pid, word, why, at)
