"""Beats: rows that say who lives and how late it is, for the page about the console's own health."""

from __future__ import annotations

from datetime import datetime, timedelta

from channels.db import database_sync_to_async
from django.db import transaction

from recovery import moment
from recovery.models import Job

from .claims import identity
from .jobs import LIVES

EVERY = timedelta(seconds=5)
TICK = 1.0
NAME = "worker"


class Pulse:
    """Rests a while, measures how much longer it was, and says now and then that it is time to tell."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.worst = 0.0
        self._told: datetime | None = None

    async def rest(self) -> None:
        """Sleep, and see how late one wakes up: the event loop's own lag."""
        clock = moment.clock()
        before = clock.monotonic()
        await clock.asleep(self.seconds)
        self.worst = max(self.worst, clock.monotonic() - before - self.seconds)

    def told(self, at: datetime) -> float | None:
        """The worst lag (s) since it was told last, if it is time to tell it."""
        if self._told is not None and at - self._told < EVERY:
            return None
        worst, self.worst, self._told = self.worst, 0.0, at
        return worst


@transaction.atomic
def beat(name: str, at: datetime, lag: float) -> None:
    """This process lives. Whoever did not say so for long is forgotten."""
    me, milliseconds = identity(), min(2**31 - 1, round(max(0.0, lag) * 1000))
    Job.objects.bulk_create([Job(name=name, due_at=at)], ignore_conflicts=True)
    row = Job.objects.select_for_update().get(pk=name)
    living = {who: each for who, each in row.cursor.items() if datetime.fromisoformat(each["at"]) > at - LIVES}
    row.cursor = {**living, me: {"at": at.isoformat(), "lag_ms": milliseconds}}
    row.owner, row.finished_at, row.due_at, row.lag_ms = me, at, at + EVERY, milliseconds
    row.save(update_fields=["cursor", "owner", "finished_at", "due_at", "lag_ms"])


async def watch() -> None:
    """The watchdog of a worker's event loop; for ever."""
    in_thread = database_sync_to_async(beat, thread_sensitive=False)
    pulse = Pulse(TICK)
    while True:
        at = moment.now()
        if (lag := pulse.told(at)) is not None:
            await in_thread(NAME, at, lag)
        await pulse.rest()
