"""Worker and scheduler as services: each part is started again when it fails, and none takes another along."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from recovery.consumers.worker import WorkerConsumer
from recovery.serving.services import Options
from recovery.serving.supervisor import supervised

from .beats import watch
from .checking import Checking
from .claims import take_turn
from .jobs import JOBS, SPECS
from .listening import ChannelWorker
from .scheduler import schedule

THREADS = 5  # one for each job that may run at the same time; checks need none while they wait

log = logging.getLogger("recovery.worker")


class Worker:
    """What one process does of the work."""

    def __init__(self) -> None:
        self.checking = Checking()
        self._stopping = Event()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="recovery-job")
        self._turn = database_sync_to_async(take_turn, thread_sensitive=False, executor=self._threads)

    async def wake(self, name: str) -> None:
        """Do the job if it is due and nobody else does it."""
        if name == "checks":
            await self.checking.look()
        elif name in JOBS:
            await self._turn(JOBS[name], self._stopping.is_set)
        else:
            log.warning("there is no job %r", name)

    async def listen(self, channel: str) -> None:
        """The channels worker of one named channel."""
        await ChannelWorker(WorkerConsumer.as_asgi(wake=self.wake), channel, get_channel_layer()).arun()

    async def stop(self) -> None:
        """End what runs, at its next batch."""
        self._stopping.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self.checking.stop()


async def run(options: Options) -> None:
    """Scheduler, watchdog and one worker for each channel, until cancelled."""
    worker = Worker()

    async def scheduling(_options: Options) -> None:
        await schedule(get_channel_layer(), worker.wake)

    async def watching(_options: Options) -> None:
        await watch()

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(supervised("scheduler", scheduling, options))
            group.create_task(supervised("watchdog", watching, options))
            for spec in SPECS:
                group.create_task(supervised(f"worker {spec.name}", _listening(worker, spec.channel), options))
    finally:
        await worker.stop()


def _listening(worker: Worker, channel: str) -> Callable[[Options], Awaitable[None]]:
    async def listen(_options: Options) -> None:
        await worker.listen(channel)

    return listen
