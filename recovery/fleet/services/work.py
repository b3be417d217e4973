"""Work that comes in at random moments, and what a worker does when it fails: says so, and takes the next."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from random import Random

from recovery import CircuitBreakerOpenError

from . import settings
from .process import Process

log = logging.getLogger("fleet.work")

MOST_NUMBERS = 9_000


class Work:
    """Jobs of one kind: ``workers`` that each would like to do ``rate`` a second, each with a random number."""

    def __init__(self, name: str, rate: float, workers: int = 1) -> None:
        self.name, self.rate, self.workers = name, rate, workers

    def draw(self, worker: int) -> Random:
        """A worker's own random numbers."""
        return Random(f"{settings.SEED}/{settings.NAME}/{self.name}/{worker}")

    def failed(self, number: int, error: Exception) -> None:
        """One line; what the breaker refused it counts itself."""
        if isinstance(error, CircuitBreakerOpenError):
            log.debug("%s %d was refused: %s", self.name, number, error)
        else:
            log.warning("%s %d failed: %s: %s", self.name, number, type(error).__name__, error)

    def start_tasks(self, job: Callable[[int], Awaitable[object]]) -> list[asyncio.Task[None]]:
        """Do it in asyncio tasks."""
        return [asyncio.create_task(self._task(job, self.draw(worker))) for worker in range(self.workers)]

    async def _task(self, job: Callable[[int], Awaitable[object]], draw: Random) -> None:
        while True:
            await asyncio.sleep(draw.expovariate(self.rate))
            number = draw.randrange(1, MOST_NUMBERS)
            try:
                await job(number)
            except Exception as error:
                self.failed(number, error)

    def start_threads(self, job: Callable[[int], object], process: Process) -> list[threading.Thread]:
        """Do it in threads."""
        threads = [
            threading.Thread(target=self._thread, args=(job, process, self.draw(worker)), daemon=True)
            for worker in range(self.workers)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _thread(self, job: Callable[[int], object], process: Process, draw: Random) -> None:
        while not process.over.wait(draw.expovariate(self.rate)):
            number = draw.randrange(1, MOST_NUMBERS)
            try:
                job(number)
            except Exception as error:
                self.failed(number, error)


def join(threads: list[threading.Thread], patience: float = 0.5) -> None:
    """Wait for what is going on, ``patience`` seconds in all."""
    deadline = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
