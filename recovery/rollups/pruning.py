"""Delete what is past its time: few rows at once, with pauses, for a bounded time; the next run goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Exists, Max, OuterRef, QuerySet

from recovery import moment
from recovery.models import (
    BreakerDay,
    BreakerHour,
    BreakerMinute,
    BreakerNow,
    BreakerTen,
    CheckDay,
    CheckResult,
    Command,
    Confirmation,
    Keyframe,
    LinkInterval,
    LogRecord,
    Occurrence,
    OperationHour,
    OperationMinute,
    OperationTen,
    Process,
    Slice,
    Throttle,
    Transition,
)

from .history import frame
from .retention import horizon, oldest

ROWS_AT_ONCE = 250
PAUSE = 0.01  # s; others write, too
STANDINGS = timedelta(hours=2)  # a successor asks for an hour which breakers were open
LONGEST = 60.0  # s; what is left is for the next run

Counts = dict[str, int]


def prune(now: datetime, *, beat: Callable[[], None] = lambda: None) -> Counts:
    """Delete what is over; how many rows of what. ``beat`` is called between batches."""
    clock = moment.clock()
    until, counts = clock.monotonic() + LONGEST, dict[str, int]()
    for name, batch in _batches(now):
        counts[name] = counts.get(name, 0) + batch()
        beat()
        clock.sleep(PAUSE)
        if clock.monotonic() > until:
            break
    return {name: count for name, count in counts.items() if count}


def _batches(now: datetime) -> Iterator[tuple[str, Callable[[], int]]]:
    """Batches to delete, kind after kind, until a batch of a kind is not full any more."""
    yield from _until_empty("slices", lambda: _slices(horizon("slices", now) // 10))
    for name, rows in _simple(now):
        yield from _until_empty(name, lambda rows=rows: _delete(rows))  # type: ignore[misc]
    yield from _until_empty("standings", lambda: _standings(now - STANDINGS))
    yield from _until_empty("processes", lambda: _processes(oldest("processes", now)))


def _until_empty(name: str, batch: Callable[[], int]) -> Iterator[tuple[str, Callable[[], int]]]:
    full = True

    def once() -> int:
        nonlocal full
        count = batch()
        full = count > 0
        return count

    while full:
        yield name, once


def _simple(now: datetime) -> Iterator[tuple[str, QuerySet[Any]]]:
    levels = (
        ("tens", (BreakerTen, OperationTen)),
        ("minutes", (BreakerMinute, OperationMinute)),
        ("hours", (BreakerHour, OperationHour)),
        ("days", (BreakerDay,)),
    )
    for name, models in levels:
        for model in models:
            yield name, model.objects.filter(at__lt=horizon(name, now))
    yield "keyframes", _keyframes(horizon("slices", now) // 10 - 360)
    yield "transitions", Transition.objects.filter(at__lt=oldest("transitions", now))
    yield "occurrences", Occurrence.objects.filter(at__lt=oldest("occurrences", now))
    yield "logs", LogRecord.objects.filter(at__lt=oldest("logs", now))
    yield "results", CheckResult.objects.filter(at__lt=oldest("results", now))
    yield "check_days", CheckDay.objects.filter(day__lt=oldest("check_days", now).date())
    yield "links", LinkInterval.objects.filter(ended_at__lt=oldest("links", now))
    yield "confirmations", Confirmation.objects.filter(at__lt=oldest("commands", now))
    yield "commands", Command.objects.filter(expires_at__lt=oldest("commands", now))
    yield "throttle", Throttle.objects.filter(last_at__lt=oldest("throttle", now))
    yield "sessions", Session.objects.filter(expire_date__lt=now)


def _delete(rows: QuerySet[Any]) -> int:
    return _delete_keys(rows.model, list(rows.order_by().values_list("pk", flat=True)[:ROWS_AT_ONCE]))


def _delete_keys(model: Any, keys: list[Any]) -> int:
    if keys:
        model.objects.filter(pk__in=keys).delete()
    return len(keys)


def _slices(slot: int) -> int:
    """Slices go when a keyframe has their totals: what the process says next is subtracted from those."""
    rows = list(
        Slice.objects.filter(slot__lt=slot).order_by("slot").values_list("pk", "process_id", "own_slot")[:ROWS_AT_ONCE]
    )
    reaching: dict[int, int] = {}
    for _, process, own_slot in rows:
        reaching[process] = max(own_slot, reaching.get(process, 0))
    framed = dict(
        Keyframe.objects.filter(process__in=reaching).values_list("process_id").annotate(last=Max("own_slot"))
    )
    for process, own_slot in reaching.items():
        if framed.get(process, 0) <= own_slot:
            last = Slice.objects.filter(process=process, slot__lt=slot).aggregate(last=Max("own_slot"))["last"]
            frame(process, last + 1)  # of all that will go: once for a process that fell silent
    return _delete_keys(Slice, [row[0] for row in rows])


def _keyframes(slot: int) -> QuerySet[Keyframe]:
    """Those that are older than all slices, but for the last one of each process."""
    newer = Keyframe.objects.filter(process=OuterRef("process"), own_slot__gt=OuterRef("own_slot"), slot__lt=slot)
    return Keyframe.objects.filter(Exists(newer), slot__lt=slot)


def _standings(before: datetime) -> int:
    """How breakers stood in processes that are gone: nobody asks any more, and who comes back declares them anew."""
    linked = LinkInterval.objects.filter(process=OuterRef("process"), ended_at=None)
    rows = BreakerNow.objects.filter(~Exists(linked), process__heard_at__lt=before)
    return _delete(rows)


def _processes(before: datetime) -> int:
    """Processes that nobody heard of for so long, few at once: their rows go with them."""
    gone = Process.objects.filter(heard_at__lt=before).exclude(links__ended_at=None, links__isnull=False)
    keys = list(gone.order_by("heard_at").values_list("pk", flat=True)[: ROWS_AT_ONCE // 10])
    return _delete_keys(Process, keys)
