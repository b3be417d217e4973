"""How each service process begins, and how it ends: on SIGTERM, when an operator restarts it, with its parent."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading

from recovery.client import connect
from recovery.fleet.parent import end_for_sure, when_parent_is_gone

from . import settings

log = logging.getLogger("fleet")


class Process:
    """This process. ``over`` is set when it shall end."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def begin(self) -> None:
        """Log to standard output, listen to whoever ends us, link with the console."""
        form = f"%(asctime)s {settings.NAME} %(levelname)s %(name)s: %(message)s"
        logging.basicConfig(stream=sys.stdout, level=logging.INFO, format=form)
        logging.getLogger("websockets").setLevel(logging.WARNING)
        signal.signal(signal.SIGTERM, self._asked)
        signal.signal(signal.SIGINT, self._asked)
        when_parent_is_gone(self.end)
        connect(logs=logging.INFO, restart=self.end, labels={"instance": settings.NAME})
        log.info("begins")

    def end(self) -> None:
        """Finish what is going on, say bye, exit."""
        if not self.over.is_set():
            self.over.set()
            end_for_sure()

    def _asked(self, *_signal: object) -> None:
        # From a thread: the main one may hold the event's lock at this very moment.
        threading.Thread(target=self.end, daemon=True).start()

    async def wait(self) -> None:
        """Until it shall end."""
        await asyncio.to_thread(self.over.wait)
