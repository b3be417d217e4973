"""`recovery worker`: worker and scheduler apart from the web; as many as wanted."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recovery.live.loop import serve_on
from recovery.serving import ready
from recovery.serving.services import Options
from recovery.worker.service import run

IN_MEMORY = "channels.layers.InMemoryChannelLayer"


class Command(BaseCommand):
    """Runs until it is stopped by SIGINT or SIGTERM."""

    help = "run the worker and the scheduler apart from the web (needs REDIS_URL)"

    def handle(self, *_args: Any, **_given: Any) -> None:
        """Refuse what cannot work, then work."""
        if settings.CHANNEL_LAYERS["default"]["BACKEND"] == IN_MEMORY:
            raise CommandError(
                "The worker apart needs REDIS_URL: the in-memory channel layer does not reach other processes. "
                "Set REDIS_URL for the console and for this worker, or let `recovery up` run the worker itself."
            )
        try:
            ready.migrated()
        except ready.NotReady as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("worker and scheduler are running; stop them with Ctrl-C")
        asyncio.run(self.work())
        self.stdout.write("stopped")

    async def work(self) -> None:
        """Run the service until a signal comes."""
        loop = asyncio.get_running_loop()
        serve_on(loop)
        task = asyncio.create_task(run(Options(host="", port=0)))
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            pass
        finally:
            serve_on(None)
