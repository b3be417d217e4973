"""FakeClock: time passes when it is told to."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta

import pytest

from recovery.engine.clock import checked_clock
from recovery.testing import FakeClock


def test_it_is_a_clock_and_stands_still() -> None:
    clock = FakeClock()
    assert checked_clock(clock) is clock
    assert (clock.monotonic(), clock.monotonic_ns()) == (0.0, 0)
    assert clock.now() == clock.now()
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("seconds", [2.5, -2.5])
def test_advancing_moves_both_times(seconds: float) -> None:
    clock = FakeClock(10.0)
    before = clock.now()
    clock.advance(seconds)
    assert clock.monotonic() == 10.0 + seconds
    assert clock.monotonic_ns() == round((10.0 + seconds) * 1e9)
    assert clock.now() - before == timedelta(seconds=seconds)


def test_sleeping_advances_it() -> None:
    clock = FakeClock()
    clock.sleep(3.0)
    assert (clock.monotonic(), clock.slept) == (3.0, [3.0])
    with pytest.raises(ValueError, match="non-negative"):
        clock.sleep(-1)


async def test_sleeping_lets_other_tasks_run_once() -> None:
    clock, order = FakeClock(), []

    async def other() -> None:
        order.append("other")

    task = asyncio.ensure_future(other())
    await clock.asleep(60.0)
    order.append("woken")
    await task
    assert (order, clock.monotonic()) == (["other", "woken"], 60.0)
