"""Sees what is due and wakes whoever does it. Knows nothing but the database, so it can die and be started anywhere."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from channels.db import database_sync_to_async
from channels.exceptions import ChannelFull

from recovery import moment
from recovery.models import Job

from .beats import Pulse, beat
from .jobs import JOBS, SPECS, free

TICK = 0.5  # s
NAME = "scheduler"

log = logging.getLogger("recovery.worker")


def prepare(at: datetime) -> None:
    """See that every job has its row; it is due at once."""
    Job.objects.bulk_create([Job(name=spec.name, due_at=at) for spec in SPECS], ignore_conflicts=True)


def due(at: datetime) -> list[str]:
    """Jobs that somebody should do now."""
    names = set(Job.objects.filter(free(at), pk__in=JOBS, due_at__lte=at).values_list("pk", flat=True))
    return [spec.name for spec in SPECS if spec.name in names and spec.wanted(at)]


async def wake(layer: Any, names: list[str]) -> None:
    """Send the wake-ups. One that does not fit is sent again at the next tick, like one that is lost."""
    for name in names:
        try:
            await layer.send(JOBS[name].channel, {"type": "job.wake", "job": name})
        except ChannelFull:
            log.warning("the channel of the job %s is full: nobody listens", name, extra={"job": name})


async def schedule(layer: Any) -> None:
    """Look, wake, rest; for ever."""
    in_thread = database_sync_to_async(_look, thread_sensitive=False)
    pulse = Pulse(TICK)
    await database_sync_to_async(prepare, thread_sensitive=False)(moment.now())
    while True:
        await wake(layer, await in_thread(pulse))
        await pulse.rest()


def _look(pulse: Pulse) -> list[str]:
    at = moment.now()
    if (lag := pulse.told(at)) is not None:
        beat(NAME, at, lag)
    return due(at)
