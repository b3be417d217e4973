"""An hour without a console, on a clock that is turned by hand: what of it is lost? `… away '{"minutes": 60}'`."""

from __future__ import annotations

import json
import logging
import sys
from collections import Counter
from typing import Any

from recovery import wire
from recovery.engine import CircuitBreaker
from recovery.engine.dispatch import drain
from tests.client.fleet import Desk, calls, kept

BREAKERS = 20
CATCHING_UP = 150  # s after the link is back


def main(minutes: int) -> dict[str, int]:
    """Twenty breakers that fail now and then; then the console is back, and everything is compared."""
    logging.getLogger().addHandler(logging.NullHandler())
    desk = Desk()
    fleet = [CircuitBreaker(3, 20, name=f"away.{number}", clock=desk.clock) for number in range(BREAKERS)]
    for second in range(60 * minutes):
        for number, breaker in enumerate(fleet):
            if (second + number * 7) % 60 < 3:
                calls(breaker, failures=2)
            elif second % 5 == 0:
                calls(breaker, successes=1)
        drain()
        desk.second()
    talk = desk.talk()
    desk.link(talk)
    events: list[Any] = []
    slices: list[wire.Slice] = []
    for _ in range(CATCHING_UP):
        desk.second()
        more, parts = kept(talk)
        events, slices = events + more, slices + parts
    return _compared(fleet, events, slices)


def _compared(fleet: list[CircuitBreaker], events: list[Any], slices: list[wire.Slice]) -> dict[str, int]:
    told = Counter(event.breaker for event in events if isinstance(event, wire.Transition))
    last = {each.name: each for part in slices for each in part.breakers}
    made = {breaker.name or "": breaker.snapshot() for breaker in fleet}
    counted = sum(event.count for event in events if isinstance(event, wire.ErrorCount))
    errors = counted + sum(isinstance(event, wire.Error) for event in events)
    totals = {name: (part.calls, part.failures, part.refused) for name, part in last.items()}
    wanted = {n: tuple(s.totals[key] for key in ("calls", "failures", "refused")) for n, s in made.items()}
    failures = sum(snapshot.totals["failures"] for snapshot in made.values())
    return {
        "transitions": sum(snapshot.sequence for snapshot in made.values()),
        "lost_transitions": sum(abs(snapshot.sequence - told[name]) for name, snapshot in made.items()),
        "lost_totals": sum(totals.get(name) != wanted[name] for name in wanted),
        "failures": failures,
        "lost_errors": abs(failures - errors),
    }


if __name__ == "__main__":
    print(json.dumps(main(**json.loads(sys.argv[1]))))
