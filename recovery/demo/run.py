"""One run: the server lives through its outage, the callers call, and somebody looks, until it is over or enough."""

from __future__ import annotations

import logging
import sys
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .board import Board, Change
from .figures import Watch
from .outage import Outage
from .paint import Span, brush_for, live
from .plain import Plain
from .screen import Screen
from .summary import summary
from .traffic import Callers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from .enough import Enough
    from .phases import Timetable

PATIENCE = 0.8  # s that the callers have to finish their last call


def run(timetable: Timetable, enough: Enough) -> None:
    """Show it all, then say what happened. Raises OSError when the server does not come up."""
    logging.getLogger("recovery").addHandler(logging.NullHandler())  # the view says it; stderr would draw over it
    brush = brush_for(sys.stdout)
    view: AbstractContextManager[Screen | Plain] = Screen(brush) if live(sys.stdout) else nullcontext(Plain(brush))
    with Outage(timetable) as outage:
        print(
            f"server process {outage.pid} at {outage.url}, {timetable.seconds:g} s, seed {timetable.seed}", flush=True
        )
        callers = Callers(outage.url, timetable)
        looking = Looking(timetable, outage, callers)
        outage.begin()
        callers.start()
        with view as shown:
            looking.show_until_over(shown, enough)
    callers.stop(PATIENCE)
    for line in summary(looking.watches, looking.elapsed):
        print(brush.paint(line))
    if enough.asked:
        print(brush.paint([Span(f"Ended early, after {looking.elapsed:.1f} of {timetable.seconds:g} s.", "quiet")]))


class Looking:
    """Whoever looks at the breakers and at the server, and remembers what changed."""

    def __init__(self, timetable: Timetable, outage: Outage, callers: Callers) -> None:
        self._timetable = timetable
        self._outage = outage
        self._started = time.monotonic()
        self._began = datetime.now(UTC)  # the same moment
        self._phases_seen = 0
        self.elapsed = 0.0
        self.watches = [Watch(breaker, timetable.cell, self._started) for breaker in callers.breakers]
        self.changes: list[Change] = []

    def show_until_over(self, shown: Screen | Plain, enough: Enough) -> None:
        """Look and show, several times a second, until the time is over."""
        pause = min(0.2, self._timetable.cell / 3)
        while self.elapsed < self._timetable.seconds and not enough.asked:
            time.sleep(pause)
            shown.show(self.look())

    def look(self) -> Board:
        """Everything as it is now."""
        now = time.monotonic()
        self.elapsed = now - self._started
        self.changes += sorted([*self._turns(), *self._transitions(now)], key=lambda change: change.at)
        table = self._timetable
        return Board(self.watches, self.changes, self.elapsed, table.seconds, table.cell, self._outage.phase)

    def _turns(self) -> Iterator[Change]:
        turns = self._outage.changes[self._phases_seen :]
        self._phases_seen += len(turns)
        return (Change(at - self._started, "server", phase=phase) for at, phase in turns)

    def _transitions(self, now: float) -> Iterator[Change]:
        for watch in self.watches:
            for made in watch.look(now):
                yield Change((made.at - self._began).total_seconds(), watch.snapshot.name or "", made)
