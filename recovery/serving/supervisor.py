"""Keeps services running: one that fails is started again, more and more patiently; at the end each may clean up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from time import monotonic

from .services import Options, Run, Service

log = logging.getLogger("recovery.serving")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY = 60.0  # seconds after which a service counts as healthy again
STOP_FIRST, STOP_LAST = 1.0, 3.0  # seconds to stop in; together with the rest of the end under five


async def supervised(name: str, run: Run, options: Options) -> None:
    """Run it again whenever it fails."""
    pause = FIRST_PAUSE
    while True:
        began = monotonic()
        try:
            await run(options)
        except Exception:
            if monotonic() - began > STEADY:
                pause = FIRST_PAUSE
            log.exception("%s failed and starts again in %.1f s", name, pause, extra={"service": name})
        else:
            return
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


class Supervisor:
    """The services of one process."""

    def __init__(self, services: Sequence[Service], options: Options) -> None:
        self.services, self.options = services, options
        self.tasks: dict[Service, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Start them in the running loop."""
        loop = asyncio.get_event_loop()
        for service in self.services:
            self.tasks[service] = loop.create_task(supervised(service.name, service.load(), self.options))

    async def stop_first(self) -> None:
        """Those that may go while sockets are still open."""
        await self._stop([service for service in self.tasks if not service.last], STOP_FIRST)

    async def stop_last(self) -> None:
        """Those that work off what the sockets brought."""
        await self._stop([service for service in self.tasks if service.last], STOP_LAST)

    async def _stop(self, services: list[Service], patience: float) -> None:
        tasks = [self.tasks.pop(service) for service in reversed(services)]
        for task in tasks:
            task.cancel()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=patience)
            for task in late:
                log.warning("%s did not stop within %.0f s", task.get_coro(), patience)
