"""no_delays(): retries do not sleep, anywhere; nests; restores on error."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from recovery.engine import pause
from recovery.engine.retry import retry
from recovery.testing import FakeClock, no_delays


def slept(asleep: list[float], clock: FakeClock | None = None) -> Any:
    clock = clock or FakeClock()
    calls = 0

    @retry(base_delay=5.0, jitter=False, clock=clock)
    def flaky() -> None:
        nonlocal calls
        calls += 1
        if calls < 3:
            raise ConnectionError

    flaky()
    asleep.extend(clock.slept)
    return asleep


def test_nothing_sleeps_while_it_is_entered() -> None:
    with no_delays():
        assert slept([]) == []
    assert slept([]) == [5.0, 10.0]


async def test_nor_do_coroutines() -> None:
    clock = FakeClock()
    with no_delays():
        await pause.apause(clock, 5.0)
    assert clock.slept == []
    await pause.apause(clock, 5.0)
    await pause.apause(clock, 0.0)
    assert clock.slept == [5.0]


def test_it_nests() -> None:
    with no_delays():
        with no_delays():
            pass
        assert slept([]) == []
    assert slept([]) == [5.0, 10.0]


def test_it_is_restored_on_error() -> None:
    with pytest.raises(KeyError), no_delays():
        raise KeyError
    assert slept([]) == [5.0, 10.0]


def test_it_holds_for_all_threads_and_counts_them() -> None:
    inside, leave, asleep = threading.Event(), threading.Event(), []

    def work() -> None:
        with no_delays():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait(10)
    with no_delays():
        pass
    slept(asleep)
    leave.set()
    thread.join()
    assert asleep == []
    assert pause._depth == 0
