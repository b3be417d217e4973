"""Taking back the last hold or release of a breaker: what stood before stands again, as an act of its own.

It is read from the audit entry of what is taken back. Commands are done and over: they are never taken back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from recovery.models import AuditEntry, Command, Hold, Service
from recovery.moment import now
from recovery.permissions import Act

from .actor import Actor
from .desired import breaker_of, next_revision
from .holds import held, put, tell, withdraw
from .may import insist
from .problems import Conflict, TooLate, Unchanged, UnknownRevision

UNDO_SECONDS = 10  # the page offers it for so long
ON_ITS_WAY = 5  # and a click in the last of them is still on its way

Words = dict[str, Any]


def undo(service: Service, revision: int, *, actor: Actor, parent: AuditEntry | None = None) -> Hold:
    """Take back a hold or a release; the last change that it took.

    Raises UnknownRevision, TooLate, Conflict where somebody acted on the breaker since, and Unchanged where what stood
    before is over by now.
    """
    done, entry = _of(service, revision)
    insist(actor, Act.STEER_BREAKERS, target=done.breaker, service=service, parent=parent)
    row = breaker_of(service, done.breaker)
    if now() > done.created_at + timedelta(seconds=UNDO_SECONDS + ON_ITS_WAY):
        raise TooLate(f"{done.kind} of {done.breaker!r} can be taken back for {UNDO_SECONDS} s only")
    with transaction.atomic():
        taken = next_revision(service)
        _refuse_where_somebody_acted(done)
        standing = held(service, done.breaker)
        made = _put_back(done, entry.before or [], standing, taken, actor)
        tell(actor, f"undo {done.kind}", row, standing, made, parent)
    return made


def _of(service: Service, revision: int) -> tuple[Hold, AuditEntry]:
    done = Hold.objects.filter(service=service, revision=revision).first()
    entries = AuditEntry.objects.filter(service=service, revision=revision, refused=False)
    entry = entries.filter(act=done.kind, target=done.breaker).first() if done is not None else None
    if done is None or entry is None:
        raise UnknownRevision(revision)
    return done, entry


def _refuse_where_somebody_acted(done: Hold) -> None:
    its = {"service": done.service_id, "revision__gt": done.revision}
    later: Hold | Command | None = Hold.objects.filter(breaker=done.breaker, **its).order_by("-revision").first()
    later = later or Command.objects.filter(target=done.breaker, **its).order_by("-revision").first()
    if later is not None:
        raise Conflict(later.revision, later.actor, None, None)


def _put_back(done: Hold, before: list[Words], standing: list[Hold], revision: int, actor: Actor) -> Hold:
    """The rows that make what stood before stand again; the last of them."""
    service, breaker = done.service, done.breaker
    wanted = [words for words in before if not _is_over(words)]
    there, then = {row.revision for row in standing}, {words["revision"] for words in before}
    missing = [words for words in wanted if words["revision"] not in there]
    extra = [row.scope for row in standing if row.revision not in then]
    made = None
    if not all(scope in [words["scope"] for words in missing] for scope in extra):
        missing = wanted  # what is there too much is not simply replaced: build all of it anew
        if not wanted or wanted[0]["scope"]:
            made = withdraw(service, breaker, standing, revision, actor=actor, reason="taken back", scope={})
    for words in missing:
        taken = revision if made is None else next_revision(service)
        made = put(service, breaker, words["kind"], held(service, breaker), taken, **_as_it_was(words))
    if made is None:
        raise Unchanged(f"what stood on {breaker!r} before is over by now")
    return made


def _as_it_was(words: Words) -> dict[str, Any]:
    """Whose hold it was, it is again; the audit says who brought it back."""
    return {
        "scope": words["scope"],
        "actor": words["actor"],
        "reason": words["reason"],
        "ends_at": _end_of(words),
    }


def _is_over(words: Words) -> bool:
    end = _end_of(words)
    return end is not None and end <= now()


def _end_of(words: Words) -> datetime | None:
    return datetime.fromisoformat(words["until"]) if words["until"] else None
