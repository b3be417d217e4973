"""One group of jobs in one transaction: in order of arrival, in bulk as far as hellos and farewells leave it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction

from recovery import wire

from . import confirmations, declared, errors, greeting, logs, presence, slices, transitions, worst
from .counts import Counts
from .hinting import Hint
from .jobs import Greet, Heard, Job, Leave, Refused, Sent
from .memory import Memory
from .rows import Unit

_ALONE = (Greet, Leave)


Kept = tuple[Sequence[Any], set[Hint]]


def keep(jobs: Sequence[Job], memory: Memory, counts: Counts) -> Kept:
    """Write them all, or nothing. One result for each: what to tell whoever waits for it; and whom to hint at."""
    with transaction.atomic(durable=True):
        unit = Unit(memory, counts)
        results: list[Any] = []
        for run in _runs(jobs):
            results += _alone(run[0], unit) if isinstance(run[0].work, _ALONE) else _together(run, unit)
        worst.settle(unit)
        unit.save()
    return results, unit.committed()


def _runs(jobs: Sequence[Job]) -> Iterator[list[Job]]:
    """Hellos and farewells by themselves, what is between them together."""
    run: list[Job] = []
    for job in jobs:
        if isinstance(job.work, _ALONE):
            if run:
                yield run
            yield [job]
            run = []
        else:
            run.append(job)
    if run:
        yield run


def _alone(job: Job, unit: Unit) -> list[Any]:
    if isinstance(job.work, Greet):
        return [greeting.greet(job.work, job.received, unit)]
    assert isinstance(job.work, Leave)
    presence.leave(job.work, job.received, unit)
    return [None]


def _together(jobs: list[Job], unit: Unit) -> list[Any]:
    unit.lock(job.peer.process for job in jobs if job.peer)
    good = [job for job in jobs if job.peer is None or job.peer.process in unit.reporters]
    declared.keep(_of(good, wire.Declare), unit)
    news = [(job, _news(job, unit)) for job in _of(good, wire.Events)]
    transitions.keep(news, unit)
    errors.keep(news, unit)
    logs.keep(news, unit)
    refused = slices.keep(_of(good, wire.Slice), unit)
    confirmations.keep(_of(good, wire.Applied), unit)
    confirmations.sent(_of(good, Sent), unit)
    presence.heard(_of(good, Heard), unit)
    gone = {id(job): Refused("this process is not known any more") for job in jobs} if len(good) < len(jobs) else {}
    for job in good:
        gone.pop(id(job), None)
    return [gone.get(id(job)) or refused.get(id(job)) for job in jobs]


def _of(jobs: list[Job], kind: type) -> list[Job]:
    return [job for job in jobs if isinstance(job.work, kind)]


def _news(job: Job, unit: Unit) -> list[wire.AnyEvent]:
    """The events that are not kept yet."""
    assert isinstance(job.work, wire.Events)
    assert job.peer is not None
    reporter = unit.reporters[job.peer.process]
    news = [event for event in job.work.events if reporter.seqs.add(event.seq)]
    reporter.changed = reporter.changed or bool(news)
    unit.count("events", len(news))
    unit.count("repeated_events", len(job.work.events) - len(news))
    return news
