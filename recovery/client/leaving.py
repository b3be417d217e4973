"""The end of pool workers: children of multiprocessing, and of billiard (Celery's), end by ``os._exit``.

Nothing that is registered with ``atexit`` runs there. What runs are finalizers of the library's own, which it forgets
when a child begins; so they are registered in the child, once it has begun.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable

LIBRARIES = ("multiprocessing", "billiard")
PRIORITY = 10  # before those of queues and pools, which may wait for others


class Leaving:
    """Calls ``end`` when a worker of one of these libraries ends. Imports none of them."""

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end
        self._told: set[str] = set()

    def prepare(self) -> None:
        """In the parent before a fork, and in a child that imports us while it begins: ask to be called back."""
        for name in LIBRARIES:
            util = sys.modules.get(f"{name}.util")
            if util is not None and name not in self._told:
                self._told.add(name)
                with contextlib.suppress(Exception):
                    util.register_after_fork(self, Leaving.look)

    def look(self) -> None:
        """In a worker: be called at its end."""
        for name in LIBRARIES:
            util, process = sys.modules.get(f"{name}.util"), sys.modules.get(f"{name}.process")
            if util is None or process is None:
                continue
            with contextlib.suppress(Exception):
                if type(process.current_process()).__name__ != "_MainProcess":
                    util.Finalize(None, self._end, exitpriority=PRIORITY)
