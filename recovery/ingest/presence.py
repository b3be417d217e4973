"""Who is there: links begin and end, processes are heard, fall silent and are gone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from recovery.live.hints import send_hint
from recovery.models import BreakerNow, LinkInterval, Process
from recovery.models.sql import update_rows
from recovery.wire.limits import SILENCE_SECONDS

from . import worst
from .counts import Counts
from .jobs import Job, Leave
from .memory import Memory
from .rows import Unit

SILENCE = timedelta(seconds=SILENCE_SECONDS)
SWEPT_AT_ONCE = 200


def heard(jobs: list[Job], unit: Unit) -> None:
    """Note when processes were heard; no need to lock: the newest mark of a link is the only writer of it."""
    marks = {mark[0]: mark for job in jobs for mark in job.work.marks}  # type: ignore[union-attr]
    order = [marks[key] for key in sorted(marks)]
    rows = [(at, _milliseconds(offset), key) for key, _, at, offset in order]
    update_rows(Process, ("heard_at", "clock_offset_ms"), rows)
    update_rows(LinkInterval, ("heard_at",), [(at, interval) for _, interval, at, _ in order])
    _reopen([interval for _, interval, _, _ in order], unit)


def _reopen(intervals: list[int], unit: Unit) -> None:
    """A link that was taken for lost and is not: the database was away, or this console stood still."""
    wrong = LinkInterval.objects.filter(pk__in=intervals, ending="lost")
    wrong = wrong.exclude(process__in=LinkInterval.objects.filter(ended_at=None).values("process"))
    found = dict(wrong.values_list("pk", "process_id"))
    if found:
        LinkInterval.objects.filter(pk__in=found).update(ended_at=None, ending="")
        now = BreakerNow.objects.filter(process__in=found.values())
        unit.stale |= set(now.values_list("breaker_id", flat=True))


def _milliseconds(offset: float) -> int:
    return max(-(2**31), min(2**31 - 1, round(offset * 1000)))


def leave(work: Leave, at: datetime, unit: Unit) -> None:
    """End a link, once."""
    if close([work.interval], at, work.ending, unit) and work.ending == "bye":
        Process.objects.filter(pk=work.process).update(left_at=at)


def close(intervals: Iterable[int], at: datetime | None, ending: str, unit: Unit) -> int:
    """End these links if they have not ended; without a moment they ended when they were heard last."""
    rows = LinkInterval.objects.select_for_update().filter(pk__in=intervals, ended_at=None).order_by("pk")
    found = list(rows.values_list("pk", "heard_at", "process_id", "process__service_id"))
    update_rows(LinkInterval, ("ended_at", "ending"), [(at or last, ending, key) for key, last, _, _ in found])
    processes = {process for _, _, process, _ in found}
    unit.stale |= set(BreakerNow.objects.filter(process__in=processes).values_list("breaker_id", flat=True))
    for *_, service in found:
        unit.hint("service", service)
    return len(found)


def sweep(now: datetime) -> int:
    """End the links of processes that were not heard for 45 s, whatever console they were linked to; how many."""
    silent = LinkInterval.objects.filter(ended_at=None, heard_at__lt=now - SILENCE).order_by("pk")
    return _close_all(list(silent.values_list("pk", flat=True)), "lost")


def close_stale(everything: bool, now: datetime) -> int:
    """At the start of a console: end the links that an earlier one left open. ``everything``: there is no other."""
    links = LinkInterval.objects.filter(ended_at=None).order_by("pk")
    if not everything:
        links = links.filter(heard_at__lt=now - SILENCE)
    return _close_all(list(links.values_list("pk", flat=True)), "restart")


def _close_all(keys: list[int], ending: str) -> int:
    count = 0
    for start in range(0, len(keys), SWEPT_AT_ONCE):
        with transaction.atomic():
            unit = Unit(Memory(), Counts())
            count += close(keys[start : start + SWEPT_AT_ONCE], None, ending, unit)
            worst.settle(unit)
            unit.save()
        for topic, key in sorted(unit.committed()):
            send_hint(topic, key)
    return count
