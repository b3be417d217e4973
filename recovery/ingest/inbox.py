"""The bounded queue before the writer. Whoever puts asks for room first; nothing in it is acknowledged yet."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from threading import Condition
from time import monotonic

from .jobs import Job

MOST_ROWS = 50_000
MOST_BYTES = 64 * 1024 * 1024


class Inbox:
    """Jobs in order of arrival. ``busy`` from half full on, ``full`` when no report may come in."""

    def __init__(self, most_rows: int = MOST_ROWS, most_bytes: int = MOST_BYTES) -> None:
        self.most_rows, self.most_bytes = most_rows, most_bytes
        self.rows = self.size = 0
        self._jobs: deque[Job] = deque()
        self._changed = Condition()
        self._closed = False
        self._waiting: list[Callable[[], None]] = []

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def full(self) -> bool:
        """No room: the bound of rows or of bytes is reached."""
        return self.rows >= self.most_rows or self.size >= self.most_bytes

    @property
    def busy(self) -> bool:
        """Half full."""
        return self.rows * 2 >= self.most_rows or self.size * 2 >= self.most_bytes

    def put(self, job: Job) -> None:
        """Append a job; from any thread, without waiting."""
        with self._changed:
            self._jobs.append(job)
            self.rows += job.rows
            self.size += job.size
            self._changed.notify()

    async def room(self) -> None:
        """Wait until there is room."""
        loop = asyncio.get_running_loop()
        while self.full:
            freed: asyncio.Future[None] = loop.create_future()
            with self._changed:
                self._waiting.append(lambda freed=freed: _tell(loop, freed))  # type: ignore[misc]
            if self.full:
                await freed

    def take(self, most_rows: int, patience: float | None = None) -> list[Job] | None:
        """The oldest jobs, together about so many rows; waits for the first, at most so long (None: for ever).

        None: it is closed, and nothing is left.
        """
        with self._changed:
            while not self._jobs and not self._closed:
                if not self._changed.wait(patience):
                    return []
            if not self._jobs:
                return None
            taken: list[Job] = []
            rows = 0
            while self._jobs and (not taken or rows + self._jobs[0].rows <= most_rows):
                job = self._jobs.popleft()
                taken.append(job)
                rows += job.rows
            return taken

    def linger(self, seconds: float, most_rows: int) -> None:
        """Wait a little for more, unless there is enough already or it is being closed."""
        until = monotonic() + seconds
        with self._changed:
            while self.rows < most_rows and not self._closed and (left := until - monotonic()) > 0:
                self._changed.wait(left)

    def gone(self, jobs: list[Job]) -> None:
        """These are done with: room for others. Until then they count, so that a slow database fills the inbox."""
        with self._changed:
            self.rows -= sum(job.rows for job in jobs)
            self.size -= sum(job.size for job in jobs)
            waiting, self._waiting = ([], self._waiting) if self.full else (self._waiting, [])
        for tell in waiting:
            tell()

    def close(self) -> None:
        """Take what is left, then stop."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


def _tell(loop: asyncio.AbstractEventLoop, freed: asyncio.Future[None]) -> None:
    def tell() -> None:
        if not freed.done():
            freed.set_result(None)

    if not loop.is_closed():
        loop.call_soon_threadsafe(tell)
