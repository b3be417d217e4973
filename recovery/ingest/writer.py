"""The one writer thread of a console process: group commit, then the acknowledgements.

A database that is locked or gone is waited for: the group is tried again until it is in, and nothing of it is
acknowledged meanwhile. A job that can never be kept is found by halving the group, refused and counted; it takes
nothing along, and nothing waits for it.
"""

from __future__ import annotations

import logging
import random
from asyncio import AbstractEventLoop
from collections import defaultdict
from collections.abc import Callable, Sequence
from threading import Event, Thread
from time import monotonic
from typing import Any

from django.db import connection

from . import batch
from .counts import Counts
from .hinting import Hints
from .inbox import Inbox
from .jobs import Job, Refused
from .memory import Memory
from .trouble import passes

GROUP_ROWS = 1_000
GROUP_SECONDS = 0.04  # commits begin at least so far apart, unless a whole group waits: others write, too
FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0
DRAIN_SECONDS = 5.0

log = logging.getLogger("recovery.ingest")


class Writer:
    """Takes jobs from the inbox and keeps them."""

    def __init__(self, inbox: Inbox, counts: Counts, group_seconds: float = GROUP_SECONDS) -> None:
        self._inbox, self._counts, self._group_seconds = inbox, counts, group_seconds
        self._memory, self._hints = Memory(), Hints()
        self._stopping = Event()
        self._thread: Thread | None = None
        self.last_commit: float | None = None  # monotonic
        self.waiting_for_database = False

    def start(self) -> None:
        """Start the thread."""
        self._thread = Thread(target=self._run, name="recovery-ingest", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = DRAIN_SECONDS) -> bool:
        """Keep what is in the inbox, for at most so long; whether everything was kept."""
        self._inbox.close()
        if self._thread is None:
            return True
        self._thread.join(seconds)
        if late := self._thread.is_alive():
            self._stopping.set()
            self._thread.join(LONGEST_WAIT)
        return not late

    def _run(self) -> None:
        began = 0.0
        try:
            while True:
                if (early := began + self._group_seconds - monotonic()) > 0:
                    self._inbox.linger(early, GROUP_ROWS)
                jobs = self._inbox.take(GROUP_ROWS, self._hints.due)
                began = monotonic()
                if jobs is None or self._stopping.is_set():
                    return
                if not jobs:
                    self._hints.flush()
                    continue
                self._keep(jobs)
        finally:
            self._hints.flush()
            connection.close()

    def _keep(self, jobs: list[Job]) -> None:
        """Commit the group; where something in it cannot be kept, by halves."""
        try:
            results = self._committed(jobs)
        except Exception as error:
            self._memory.clear()
            if len(jobs) > 1:
                middle = len(jobs) // 2
                self._keep(jobs[:middle])
                self._keep(jobs[middle:])
                return
            results = self._once_more(jobs, error)
        if results is not None:
            self.last_commit = monotonic()
            self._inbox.gone(jobs)
            _tell(jobs, results[0])
            self._hints.add(results[1])

    def _once_more(self, jobs: list[Job], error: Exception) -> batch.Kept | None:
        """A job alone, now that nothing remembered can mislead; whoever fails again is refused."""
        try:
            return self._committed(jobs)
        except Exception:
            self._memory.clear()
            self._counts.add("refused")
            log.exception("a report cannot be kept", extra={"work": type(jobs[0].work).__name__})
            return [Refused(f"cannot be kept: {type(error).__name__}")], set()

    def _committed(self, jobs: list[Job]) -> batch.Kept | None:
        """The results of a group once it is committed, however long the database takes; None when told to stop."""
        return self._patiently(lambda: batch.keep(jobs, self._memory, self._counts))

    def _patiently(self, attempt: Callable[[], batch.Kept]) -> batch.Kept | None:
        wait = FIRST_WAIT
        while True:
            try:
                results = attempt()
            except Exception as error:
                if not passes(error):
                    raise
                self._memory.clear()
                self._counts.add("retries")
                self._say_waiting(error)
                connection.close()
                if self._stopping.wait(wait * random.uniform(0.5, 1.0)):
                    return None
                wait = min(wait * 2, LONGEST_WAIT)
                continue
            if self.waiting_for_database:
                self.waiting_for_database = False
                log.warning("the database is back: reports are kept again")
            return results

    def _say_waiting(self, error: Exception) -> None:
        if not self.waiting_for_database:
            self.waiting_for_database = True
            log.warning("the database does not take reports (%s); they are kept in memory and tried again", error)


def _tell(jobs: list[Job], results: Sequence[Any]) -> None:
    """Say what became of a group: each loop is woken once."""
    by_loop: dict[AbstractEventLoop | None, list[tuple[Job, Any]]] = defaultdict(list)
    for job, result in zip(jobs, results, strict=True):
        by_loop[job.loop].append((job, result))
    for loop, told in by_loop.items():
        try:
            if loop is None:
                _say(told)
            else:
                loop.call_soon_threadsafe(_say, told)
        except RuntimeError:  # the loop is closed: nobody waits for it any more
            log.debug("nobody waits for a report any more", exc_info=True)


def _say(told: list[tuple[Job, Any]]) -> None:
    for job, result in told:
        job.done(result)
