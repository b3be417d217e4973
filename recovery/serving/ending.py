"""The end, however busy some thread still is: a request that waits for a locked database must not hold up a restart."""

from __future__ import annotations

import logging
import os
import threading

END_SECONDS = 9.0  # after the stop was asked for; services and sockets are done within five, or never

log = logging.getLogger("recovery.serving")


def end_for_sure(seconds: float = END_SECONDS) -> None:
    """Be gone after so many seconds. By then what came in is written, or nobody was told that it is."""
    timer = threading.Timer(seconds, _end)
    timer.daemon = True
    timer.start()


def _end() -> None:
    busy = [thread.name for thread in threading.enumerate() if not thread.daemon]
    log.warning("left behind at the end: %s", ", ".join(busy))
    logging.shutdown()
    os._exit(0)
