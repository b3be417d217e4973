"""A process of the fleet never outlives whoever started it: its standard input ends when the parent does, however."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

END_SECONDS = 2.6  # that a process has for a clean end


def when_parent_is_gone(end: Callable[[], object]) -> None:
    """Call ``end`` once standard input is at its end, from a thread of its own."""

    def watch() -> None:
        # Not sys.stdin: its lock, held by a daemon thread, is fatal when the interpreter ends.
        try:
            while os.read(0, 1024):
                pass
        except OSError:  # closed: nobody is there
            pass
        end()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def end_for_sure(seconds: float = END_SECONDS) -> None:
    """Whatever hangs on the way out: the process is gone after so many seconds."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()
