"""What became of directives: sent to whom, applied, or refused and why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from recovery import wire
from recovery.models import Command, Confirmation, Hold, Policy
from recovery.models.desired import fits
from recovery.models.fields import TEXT
from recovery.models.sql import insert_new, update_rows

from .jobs import Job, Peer, Sent
from .rows import Reporter, Unit
from .times import moment

_ANSWER = ("applied", "why", "at")


def sent(jobs: list[Job], unit: Unit) -> None:
    """Note what was sent to whom; an answer may have come before."""
    rows = []
    for job in jobs:
        work = job.work
        assert isinstance(work, Sent)
        rows += [(process, work.service, revision, job.received, None, "", None) for process, revision in work.pairs]
        unit.hint("service", work.service)
    insert_new(Confirmation, ("process_id", "service_id", "revision", "sent_at", *_ANSWER), sorted(rows))


def keep(jobs: list[Job], unit: Unit) -> None:
    """Write the answers."""
    for job in jobs:
        work, peer = job.work, job.peer
        assert isinstance(work, wire.Applied)
        assert peer is not None
        at = moment(work.at, peer.offset, job.received)
        reporter = unit.reporters[peer.process]
        if work.id:
            _one(work, peer, at, reporter)
        else:
            _whole(work, peer, at, reporter)
        unit.count("confirmations")
        unit.hint("service", peer.service)


def _one(work: wire.Applied, peer: Peer, at: datetime, reporter: Reporter) -> None:
    """The answer to one directive."""
    revision = _revision_of(work.id, peer.service)
    if revision is None:
        return
    if not _is_command(work.id):
        _reached(reporter, revision)
    if work.outcome == "skipped":  # it does not concern this process: neither applied nor refused
        sent = Confirmation.objects.filter(process=peer.process, revision=revision, applied=None)
        sent.update(why=work.why[:TEXT] or "skipped", at=at)
        return
    why = work.why or ("expired" if work.outcome == "expired" else "")
    _answer(peer, {revision: (work.outcome == "applied", why)}, at)


def _whole(work: wire.Applied, peer: Peer, at: datetime, reporter: Reporter) -> None:
    """The answer to the desired state as a whole: every change up to it is in force there, but what it refused."""
    _reached(reporter, work.revision)
    commands = Command.objects.filter(service=peer.service).values("revision")
    waiting = Confirmation.objects.filter(process=peer.process, revision__lte=work.revision, applied=None)
    waiting = waiting.exclude(revision__in=commands)
    answers = dict.fromkeys(waiting.values_list("revision", flat=True), (True, ""))
    answers |= {
        revision: (False, refusal.why)
        for refusal in work.refused
        if (revision := _standing(peer, refusal, work.revision)) is not None
    }
    _answer(peer, answers, at)


def _standing(peer: Peer, refusal: wire.Refusal, upto: int) -> int | None:
    """The revision that a process could not take: the newest on its target, a policy's before a hold's."""
    same = {"service": peer.service, "revision__lte": upto}
    policies = Policy.objects.filter(kind=refusal.target, target=refusal.name, **same).exclude(fields=None)
    for revision, scope in policies.order_by("-revision").values_list("revision", "scope").iterator(20):
        if fits(scope, uid=peer.uid, host=peer.host, version=peer.version):
            return revision
    if refusal.target != "breaker":
        return None
    holds = Hold.objects.filter(breaker=refusal.name, **same).order_by("-revision")
    return holds.values_list("revision", flat=True).first()


def _answer(peer: Peer, answers: dict[int, tuple[bool, str]], at: datetime) -> None:
    """A later answer replaces an earlier one: what was refused may be taken after an update of the service."""
    known = Confirmation.objects.filter(process=peer.process, revision__in=answers).values_list("revision", "pk")
    keys = dict(known)
    changed, fresh = [], []
    for revision, (applied, why) in sorted(answers.items()):
        answer = (applied, why[:TEXT], at)
        if revision in keys:
            changed.append((*answer, keys[revision]))
        else:
            fresh.append((peer.process, peer.service, revision, None, *answer))
    update_rows(Confirmation, _ANSWER, changed)
    insert_new(Confirmation, ("process_id", "service_id", "revision", "sent_at", *_ANSWER), fresh)


def _reached(reporter: Reporter, revision: int) -> None:
    if revision > reporter.applied:
        reporter.applied, reporter.changed = revision, True


def _is_command(key: str) -> bool:
    return not key.startswith("r") or not key[1:].isdigit()


def _revision_of(key: str, service: int) -> int | None:
    """The revision behind a directive's id; None where we sent no such one."""
    if not _is_command(key):
        revision = int(key[1:])
        kept = any(model.objects.filter(service=service, revision=revision).exists() for model in (Hold, Policy))
        return revision if kept else None
    try:
        command = UUID(key)
    except ValueError:
        return None
    return Command.objects.filter(service=service, pk=command).values_list("revision", flat=True).first()
