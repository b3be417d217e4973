"""A call let in during one period of a state never changes a later one."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest

from recovery.engine import BreakerConfig
from tests.engine.breaker.acts import EVERY_DOOR, Boom, bring, fail, ok

TURNS = {
    "trip": lambda b: b.trip(),
    "disable": lambda b: b.disable(),
    "observe": lambda b: b.observe(),
    "reset": lambda b: b.reset(),
    "opening": partial(fail, times=3),
    "opened and closed": lambda b: (fail(b, 3), b.reset()),
    "tripped and released": lambda b: (b.trip(), b.release()),
}


class Within(Boom):
    """Changes the breaker while the call is on its way."""


@EVERY_DOOR
@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("failing", [False, True])
@pytest.mark.parametrize("measured", [False, True])
def test_it_counts_in_no_total_and_changes_nothing(make: Any, door: Any, turn: Any, failing: Any, measured: Any):
    """Whatever happened meanwhile, by whatever door it came."""
    values = {"slow_call_duration": 100} if measured else {}
    breaker = make(failure_threshold=3, **values)
    seen = []

    if door == "permit":
        permit = breaker.acquire()
        TURNS[turn](breaker)
        seen.append(breaker.snapshot())
        permit.failure(Boom()) if failing else permit.success()
    else:
        late(breaker, door, turn, failing, seen)
    after = breaker.snapshot()
    assert after.as_dict() == seen[0].as_dict()


def late(breaker: Any, door: Any, turn: Any, failing: Any, seen: Any):
    """A call that makes the turn and then ends."""

    def work():
        TURNS[turn](breaker)
        seen.append(breaker.snapshot())
        if failing:
            raise Within

    async def awork():
        work()

    act = {
        "decorated": breaker(work),
        "decorated_async": lambda: asyncio.run(breaker(awork)()),
        "call": partial(breaker.call, work),
        "execute": lambda: asyncio.run(breaker.execute(awork)),
        "block": partial(block, breaker, work),
        "async_block": lambda: asyncio.run(ablock(breaker, work)),
    }[door]
    if failing:
        with pytest.raises(Within):
            act()
    else:
        act()


def block(breaker: Any, work: Any):
    """Work in a block."""
    with breaker:
        work()


async def ablock(breaker: Any, work: Any):
    """Work in an async block."""
    async with breaker:
        work()


def test_a_probe_of_an_earlier_period_does_not_close_a_later_one(make: Any, clock: Any):
    """Its success is old news."""
    breaker = bring(make(recovery_timeout=10), "HALF-OPEN")
    old = breaker.acquire()
    breaker.trip()
    breaker.release()
    new = breaker.acquire()
    old.success()
    assert breaker.state == "HALF-OPEN"
    assert breaker.snapshot().half_open["in_flight"] == 1
    new.failure()
    assert breaker.state == "OPEN"


def test_a_late_failure_is_not_the_last_failure(make: Any):
    """Nor does it move the time."""
    breaker = make()
    permit = breaker.acquire()
    breaker.reset()
    permit.failure(ValueError("late"))
    assert breaker.last_failure is None
    assert breaker.last_failure_time is None


def test_a_failure_in_the_same_period_counts_whatever_was_configured_meanwhile(make: Any):
    """A new configuration does not end the period."""
    breaker = make(failure_threshold=1)
    permit = breaker.acquire()
    breaker.configure(BreakerConfig(failure_threshold=2))
    permit.failure(Boom())
    assert (breaker.state, breaker.failures) == ("CLOSED", 1)
    fail(breaker)
    assert breaker.state == "OPEN"


def test_calls_are_those_settled_in_their_own_period_plus_refused_ones(make: Any):
    """Of three let in one came late, one was refused: three calls."""
    breaker = make(failure_threshold=1)
    late_one = breaker.acquire()
    ok(breaker)
    fail(breaker)
    late_one.success()
    with pytest.raises(Exception, match="open"):
        breaker.acquire()
    totals = breaker.snapshot().totals
    assert (totals["calls"], totals["successes"], totals["failures"], totals["refused"]) == (3, 1, 1, 1)
