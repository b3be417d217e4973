"""The one thread behind all outlets. Imported with the first of them (it needs ``threading``)."""

from __future__ import annotations

import os
import threading
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .dispatch import Outlet


class Dispatcher:
    """A queue of (outlet, item) and the thread that empties it."""

    def __init__(self) -> None:
        self.begin_afresh()

    def begin_afresh(self) -> None:
        """Forget queue, lock and thread: in a forked child they belong to the parent."""
        self.era = object()  # an outlet of another era has nothing waiting here
        # Re-entrant: a finaliser that runs inside ``offer`` may offer something itself.
        self._changed = threading.Condition(threading.RLock())
        self._queue: deque[tuple[Outlet, object]] = deque()
        self._thread: threading.Thread | None = None
        self._offered = 0
        self._delivered = 0

    def offer(self, outlet: Outlet, item: object) -> bool:
        """Append, O(1); False when the outlet is closed or full."""
        with self._changed:
            if outlet._era is not self.era:
                outlet._era, outlet.waiting = self.era, 0
            if outlet.closed:
                return False
            if outlet.waiting >= outlet.capacity:
                outlet.dropped += 1
                return False
            outlet.waiting += 1
            self._offered += 1
            self._queue.append((outlet, item))
            self._changed.notify_all()
            if self._thread is None:
                self._start()
        return True

    def drain(self, timeout: float) -> bool:
        """Wait until what has been offered so far is delivered."""
        with self._changed:
            target = self._offered
            if threading.current_thread() is self._thread:  # a receiver asks: waiting for itself would never end
                return self._delivered >= target
            if self._queue and self._thread is None:
                self._start()
            return self._changed.wait_for(lambda: self._delivered >= target, timeout)

    def _start(self) -> None:
        thread = threading.Thread(target=self._serve, args=(self.era,), name="recovery-dispatch", daemon=True)
        self._thread = thread
        try:
            thread.start()
        except RuntimeError:  # no more threads to be had, or the interpreter is ending: the next offer tries again
            self._thread = None

    def _serve(self, era: object) -> None:
        while self.era is era:
            outlet, item = self._next()
            if not outlet.closed:
                outlet.deliver(item)
            del item  # while this thread waits it keeps nothing alive
            with self._changed:
                outlet.waiting -= 1
                self._delivered += 1
                self._changed.notify_all()
            del outlet

    def _next(self) -> tuple[Outlet, object]:
        with self._changed:
            while not self._queue:
                self._changed.wait()
            return self._queue.popleft()


THE_DISPATCHER = Dispatcher()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=THE_DISPATCHER.begin_afresh)
