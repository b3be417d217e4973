"""An hour without a console, on a fake clock: nothing that matters is lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from recovery import wire
from recovery.client.failures import BURST
from recovery.engine import CircuitBreaker
from recovery.engine.dispatch import drain
from recovery.wire import limits
from tests.client.fleet import Desk, calls, kept

HOUR = 3600


@pytest.fixture
def fleet(desk: Desk, name: str) -> list[CircuitBreaker]:
    return [CircuitBreaker(3, 20, name=f"{name}.{number}", clock=desk.clock) for number in range(20)]


@pytest.mark.slow
def test_an_hour_away_loses_no_transition_no_total_and_no_count_of_an_error(
    desk: Desk, fleet: list[CircuitBreaker]
) -> None:
    failures = 0
    for second in range(HOUR):
        for number, breaker in enumerate(fleet):
            if (second + number * 7) % 60 < 3:
                before = breaker.snapshot().totals["failures"]
                calls(breaker, failures=2)
                failures += breaker.snapshot().totals["failures"] - before
            elif second % 5 == 0:
                calls(breaker, successes=1)
        drain()
        desk.second()
    made = {breaker.name: breaker.snapshot().sequence for breaker in fleet}
    assert sum(made.values()) > 1000

    talk = desk.talk()
    desk.link(talk)
    drain()
    events: list[Any] = []
    slices: list[wire.Slice] = []
    for _ in range(120):  # as fast as the console allows
        desk.second()
        more, others = kept(talk)
        events, slices = events + more, slices + others
    told = Counter(event.breaker for event in events if isinstance(event, wire.Transition))
    assert dict(told) == made
    assert not any(event.missed for event in events if isinstance(event, wire.Transition))
    errors = sum(isinstance(event, wire.Error) for event in events)
    counted = sum(event.count for event in events if isinstance(event, wire.ErrorCount))
    assert errors + counted == failures
    assert errors >= BURST
    last = {each.name: each for part in slices for each in part.breakers}
    for breaker in fleet:
        totals = breaker.snapshot().totals
        part = last[breaker.name or ""]
        assert (part.calls, part.failures, part.refused) == (totals["calls"], totals["failures"], totals["refused"])
    assert not desk.reporter.outbox.dropped
    assert len(desk.reporter.outbox) == 0


def test_a_full_box_gives_way_in_order_and_keeps_transitions_longest(desk: Desk, name: str) -> None:
    box = desk.reporter.outbox
    box._most = 100
    breaker = CircuitBreaker(1, 0, name=name, clock=desk.clock)
    for _ in range(30):
        calls(breaker, failures=1)
        drain()
        for number in range(10):
            desk.reporter.inbox.offer(wire.Log(seq=0, at=1.0, logger="x", level=20, message=str(number)))
        desk.second(10.0)
    assert len(box) <= 100
    assert box.dropped["log"] > 200
    assert box.merged > 0
    assert set(box.dropped) <= {"log", "error"}
    talk = desk.talk()
    desk.link(talk)
    events, slices = kept(talk)
    assert sum(isinstance(event, wire.Transition) for event in events) == breaker.snapshot().sequence
    assert {part.seconds for part in slices} <= {10, 20, 30, 40, 50, 60}
    logs = [event.message for event in events if isinstance(event, wire.Log)]
    assert logs == sorted(logs, key=logs.index)
    told = slices[-1].client
    assert told is not None
    assert told.dropped["log"] == box.dropped["log"]


def test_the_box_weighs_at_most_so_much(desk: Desk) -> None:
    for number in range(2_000):
        trace = "x" * limits.TRACEBACK
        desk.reporter.put(wire.Log(seq=0, at=1.0, logger="x", level=20, message=str(number), traceback=trace))
    assert desk.reporter.outbox.bytes <= limits.OUTBOX_BYTES
    assert desk.reporter.outbox.dropped["log"] > 1_000


def test_a_lost_slot_costs_resolution_never_truth(desk: Desk, name: str) -> None:
    breaker = CircuitBreaker(100, name=name, clock=desk.clock)
    desk.reporter.outbox._most = 3
    for _ in range(400):
        calls(breaker, failures=2, successes=2)
        desk.second(10.0)
    talk = desk.talk()
    desk.link(talk)
    _, slices = kept(talk)
    assert len(slices) <= 3
    part = slices[-1].breakers[0]
    assert (part.successes, part.failures) == (800, 800)
    assert any(each.cut for s in slices for each in s.breakers)
    assert sum(each.lost + len(each.tape) for s in slices for each in s.breakers) == 800
