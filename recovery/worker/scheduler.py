"""Sees what is due and wakes whoever does it. Knows nothing but the database, so it can die and be started anywhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from channels.db import database_sync_to_async
from channels.exceptions import ChannelFull

from recovery import moment
from recovery.models import Job

from .beats import Pulse, beat
from .jobs import JOBS, SPECS, free

TICK = 0.5  # s
SEND_SECONDS = 2.0  # for a wake-up to be on its way
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
            async with asyncio.timeout(SEND_SECONDS):
                await layer.send(JOBS[name].channel, {"type": "job.wake", "job": name})
        except ChannelFull:
            log.warning("the channel of the job %s is full: nobody listens", name, extra={"job": name})


class Waking:
    """Wakes by the channel layer; while that is away, wakes whoever works in this process (``here``)."""

    def __init__(self, layer: Any, here: Callable[[str], Awaitable[None]]) -> None:
        self._layer, self._here = layer, here
        self._away = False
        self._running: set[asyncio.Task[None]] = set()

    async def __call__(self, names: list[str]) -> None:
        """Whether a job is really to be done, its claim says; so it does not matter who was woken."""
        try:
            await wake(self._layer, names)
        except Exception as problem:
            self._say(problem)
            for name in names:
                self._run_here(name)
        else:
            if names:
                self._say(None)

    def _run_here(self, name: str) -> None:
        task = asyncio.create_task(self._try(name), name=f"job {name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _try(self, name: str) -> None:
        try:
            await self._here(name)
        except Exception:
            log.exception("the job %s was not done", name, extra={"job": name})

    def _say(self, problem: Exception | None) -> None:
        if problem is not None and not self._away:
            log.warning("the channel layer takes no wake-ups (%r): this process wakes itself", problem)
        elif self._away and problem is None:
            log.warning("the channel layer takes wake-ups again")
        self._away = problem is not None

    async def stop(self) -> None:
        """End what it began."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def schedule(layer: Any, here: Callable[[str], Awaitable[None]]) -> None:
    """Look, wake, rest; for ever. ``here`` does a job in this process."""
    in_thread = database_sync_to_async(_look, thread_sensitive=False)
    pulse, waking = Pulse(TICK), Waking(layer, here)
    await database_sync_to_async(prepare, thread_sensitive=False)(moment.now())
    try:
        while True:
            await waking(await in_thread(pulse))
            await pulse.rest()
    finally:
        await waking.stop()


def _look(pulse: Pulse) -> list[str]:
    at = moment.now()
    if (lag := pulse.told(at)) is not None:
        beat(NAME, at, lag)
    return due(at)
