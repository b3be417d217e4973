"""What a call leaves behind: nothing. Neither an object that outlives it, nor a cycle, nor the exception."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from recovery.engine import BreakerConfig, BreakerState, CircuitBreaker, CircuitBreakerOpenError
from tests.engine.memory.ways import WAYS, Boom, Call
from tests.engine.properties.clock import NanoClock

Way = Callable[[CircuitBreaker, Call], Call]
EVERY_WAY = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
CALLS = 500
SHAPES: dict[str, dict[str, Any]] = {
    "plain": {"failure_threshold": None},
    "timed": {"failure_threshold": None, "slow_call_duration": 60.0},
    "rated": {"failure_threshold": None, "failure_rate": 100.0, "window_size": 20, "minimum_calls": 20},
    "time window": {"failure_threshold": None, "window": "time"},
}


@contextmanager
def _collecting() -> Iterator[Callable[[], list[Any]]]:
    """Without the garbage collector; the function that comes says what it would have had to collect."""

    def garbage() -> list[Any]:
        gc.collect()
        return gc.garbage[:]

    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        yield garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        gc.collect()


def _fail() -> None:
    raise Boom("it failed")


def _blocks_after(call: Call, calls: int) -> int:
    for _ in range(calls):
        call()
    return sys.getallocatedblocks()


@EVERY_WAY
@pytest.mark.parametrize("fields", SHAPES.values(), ids=SHAPES)
def test_no_object_outlives_a_successful_call(way: Way, fields: dict[str, Any]) -> None:
    """Between 500 and 1,000 calls neither the memory blocks nor the objects become more."""
    call = way(CircuitBreaker(config=BreakerConfig(**fields)), lambda: None)
    gc.collect()
    gc.disable()
    try:
        _blocks_after(call, CALLS)
        objects = len(gc.get_objects())
        grown = []
        for _ in range(3):  # other threads of the test run may allocate, too
            before = sys.getallocatedblocks()
            grown.append(_blocks_after(call, CALLS) - before)
        assert min(grown) <= 20, f"{CALLS} calls left {grown} blocks"
        assert len(gc.get_objects()) - objects <= 20
    finally:
        gc.enable()


@EVERY_WAY
@pytest.mark.parametrize("fields", SHAPES.values(), ids=SHAPES)
def test_a_failure_leaves_no_cycle(way: Way, fields: dict[str, Any]) -> None:
    """A failing call leaves nothing to the garbage collector."""
    breaker = CircuitBreaker(config=BreakerConfig(**fields))
    breaker.observe()
    call = way(breaker, _fail)
    with _collecting() as garbage:
        for _ in range(10):
            with suppress(Boom):
                call()
        assert garbage() == []
    assert breaker.snapshot().totals["failures"] == 10


@EVERY_WAY
@pytest.mark.parametrize("state", ["OPEN", "FORCED-OPEN", "HALF-OPEN"])
def test_a_rejection_leaves_no_cycle(way: Way, state: str) -> None:
    """A refused call leaves nothing to the garbage collector, also when its texts are read."""
    breaker = CircuitBreaker()
    breaker.acquire().failure(Boom("before"))
    breaker.restore("OPEN")
    probe = None
    if state == "FORCED-OPEN":
        breaker.trip()
    elif state == "HALF-OPEN":
        breaker.probe()
        probe = breaker.acquire()
    call = way(breaker, lambda: None)
    with _collecting() as garbage:
        for _ in range(10):
            with pytest.raises(CircuitBreakerOpenError, match="circuit breaker"):
                call()
        assert garbage() == []
    assert breaker.snapshot().totals["refused"] == 10
    del probe


@EVERY_WAY
def test_opening_probing_and_closing_leave_no_cycle(way: Way) -> None:
    """Ten outages, from the tripping failure to the last probe, leave nothing to the garbage collector."""
    clock = NanoClock()
    breaker = CircuitBreaker(2, 60, clock=clock)
    bad, good = way(breaker, _fail), way(breaker, lambda: None)
    with _collecting() as garbage:
        for _ in range(10):
            for _ in range(3):
                with suppress(Boom, CircuitBreakerOpenError):
                    bad()
            clock.advance(60)
            with suppress(Boom):
                bad()
            clock.advance(60)
            good()
        assert garbage() == []
    assert breaker.snapshot().sequence == 50


@pytest.mark.parametrize("end", ["failure", "success", "time", "trip"])
def test_probes_of_an_ended_period_leave_no_cycle(end: str) -> None:
    """Probes that are still out when another one, an operator or the time decides are no garbage."""
    clock = NanoClock()
    breaker = CircuitBreaker(config=BreakerConfig(half_open_permits=3), clock=clock)
    with _collecting() as garbage:
        breaker.restore(BreakerState.OPEN)
        breaker.probe()
        permits = [breaker.acquire() for _ in range(3)]
        if end == "time":
            clock.advance(60)
            breaker.tick()
        elif end == "trip":
            breaker.trip()
        else:
            getattr(permits[0], end)()
        assert breaker.state is not BreakerState.HALF_OPEN
        permits.clear()
        assert garbage() == []


@EVERY_WAY
@pytest.mark.parametrize("opens", [False, True], ids=["counted", "opening"])
def test_a_failure_keeps_neither_the_exception_nor_its_frames(way: Way, opens: bool) -> None:
    """The exception and what its frames held are gone with the except block, while the breaker still tells of it."""

    class Held:
        """Something large in a frame."""

    frames: list[weakref.ref[Held]] = []
    errors: list[weakref.ref[Boom]] = []

    def body() -> None:
        large = Held()
        frames.append(weakref.ref(large))
        error = Boom("it failed")
        errors.append(weakref.ref(error))
        try:
            raise error
        finally:
            del error

    breaker = CircuitBreaker(1 if opens else None)
    call = way(breaker, body)
    gc.collect()
    gc.disable()
    try:
        for _ in range(1 if opens else 3):
            with suppress(Boom):
                call()
        assert [kept() for kept in frames + errors] == [None] * (2 if opens else 6)
    finally:
        gc.enable()
    assert breaker.last_failure is not None
    assert (breaker.last_failure.type, breaker.last_failure.text) == ("Boom", "it failed")


@pytest.mark.parametrize("answer", ["refused", "failed"])
def test_a_fallback_leaves_no_cycle(answer: str) -> None:
    """Calls that a fallback answered leave nothing to the garbage collector."""
    breaker = CircuitBreaker(None, fallback=str, fallback_on_failure=True)
    if answer == "refused":
        breaker.trip()
    call = WAYS["decorator"](breaker, _fail)
    with _collecting() as garbage:
        for _ in range(10):
            assert isinstance(call(), str)
        assert garbage() == []
    assert breaker.snapshot().totals["fallbacks"] == 10
