"""Somebody has seen enough: Ctrl-C, or a polite kill."""

from __future__ import annotations

import signal


class Enough:
    """Whether somebody has asked to stop. A flag and no event: a signal may come while an event's lock is held."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, *_signal: object) -> None:
        self.asked = True
