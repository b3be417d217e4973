"""Ingest as one service of a console process: inbox, writer, counts and pulses."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from recovery.moment import now

from . import presence
from .counts import Counts
from .hub import Hub
from .inbox import Inbox
from .jobs import Job
from .news import listen
from .pulses import Pulses
from .watching import Watching
from .writer import DRAIN_SECONDS, Writer

TICK_SECONDS = 1.0
STARTS_SECONDS = 0.02
STOP_SECONDS = 2.5  # `up` ends within five, whatever the database does


class Ingest:
    """Everything that takes reports in; one in a console process."""

    def __init__(self, inbox: Inbox | None = None) -> None:
        self.counts = Counts()
        self.pulses = Pulses()
        self.inbox = inbox or Inbox()
        self.writer = Writer(self.inbox, self.counts)

    def start(self) -> None:
        """End the links that a console before this one left open; start the writer."""
        presence.close_stale(getattr(settings, "CONSOLE_PROCESSES", 1) == 1, now())
        self.writer.start()

    def stop(self, seconds: float = DRAIN_SECONDS) -> bool:
        """Keep what is in the inbox, for at most so long; whether all of it was."""
        return self.writer.stop(seconds)

    async def keep(self, job: Job) -> Any:
        """Put a job in and wait for its result."""
        loop = asyncio.get_running_loop()
        kept: asyncio.Future[Any] = loop.create_future()

        def done(result: Any) -> None:
            if not kept.done():
                kept.set_result(result)

        job.done, job.loop = done, loop
        self.inbox.put(job)
        return await kept

    def status(self) -> dict[str, Any]:
        """How it is doing, for the page about the console itself."""
        return {
            "waiting_jobs": len(self.inbox),
            "waiting_rows": self.inbox.rows,
            "waiting_bytes": self.inbox.size,
            "waiting_for_database": self.writer.waiting_for_database,
            "counts": self.counts.as_dict(),
        }


class _Holder:
    """The one of this process."""

    ingest: Ingest | None = None
    hub: Hub | None = None
    watching: Watching | None = None


def current() -> Ingest | None:
    """The running one; None: this process takes no reports."""
    return _Holder.ingest


def hub() -> Hub | None:
    """The links of this process; None: it takes none."""
    return _Holder.hub


def watching() -> Watching | None:
    """What is looked at, here and elsewhere; None: this process takes no links."""
    return _Holder.watching


def begin(inbox: Inbox | None = None) -> Ingest:
    """Start it (blocking: it looks at the database)."""
    ingest = Ingest(inbox)
    ingest.start()
    hub = Hub(ingest)
    _Holder.ingest, _Holder.hub, _Holder.watching = ingest, hub, Watching(hub, ingest.pulses)
    return ingest


def end(seconds: float = DRAIN_SECONDS) -> bool:
    """Stop it."""
    ingest, _Holder.ingest, _Holder.hub, _Holder.watching = _Holder.ingest, None, None, None
    return ingest is None or ingest.stop(seconds)


async def run(_options: Any = None) -> None:
    """Take reports until cancelled; then keep what has come in. A service of `up` that stops after the sockets."""
    await database_sync_to_async(begin, thread_sensitive=False)()
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.shield(asyncio.to_thread(end, STOP_SECONDS))


async def run_links(_options: Any = None) -> None:
    """Send directives until cancelled; then say goodbye. A service of `up` that stops before the sockets."""
    while _Holder.hub is None or _Holder.watching is None:  # noqa: ASYNC110 - once: both are started together
        await asyncio.sleep(STARTS_SECONDS)
    links, watched = _Holder.hub, _Holder.watching
    hearing = [asyncio.create_task(listen(links)), asyncio.create_task(watched.listen())]
    try:
        while True:
            await links.tick()
            await watched.tick()
            await asyncio.sleep(TICK_SECONDS)
    finally:
        for each in hearing:
            each.cancel()
        links.stop()
