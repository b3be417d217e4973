"""A forked child begins with its own lock, jitter and dispatcher, and without its parent's probes."""

from __future__ import annotations

import gc
import os
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from recovery.engine import BreakerConfig, BreakerState, CircuitBreaker, CircuitBreakerOpenError, registry
from recovery.engine.dispatch import drain

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def in_a_child(ask: Callable[[], Any]) -> str:
    """What ``ask`` answers in a forked child, as text."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of threads; the point is to survive them
        pid = os.fork()
    if pid == 0:
        try:
            answer = repr(ask())
        except BaseException as error:
            answer = f"raised {error!r}"
        finally:
            os.write(writing, answer.encode())
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    return answer


def _held_elsewhere(*locks: Any) -> Callable[[], None]:
    """Let another thread hold these locks until the function that comes back is called."""
    holding, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        for lock in locks:
            lock.acquire()
        holding.set()
        let_go.wait(60)
        for lock in locks:
            lock.release()

    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(60)

    def end() -> None:
        let_go.set()
        thread.join(60)

    return end


def _opened(**fields: Any) -> CircuitBreaker:
    breaker = CircuitBreaker(config=BreakerConfig(recovery_timeout=0.0, **fields))
    breaker.restore(BreakerState.OPEN)
    return breaker


def test_locks_that_another_thread_held_are_open_in_the_child() -> None:
    """Every breaker, named or not, and the registry can be used at once."""
    breakers = [CircuitBreaker(name="forked"), CircuitBreaker()]
    end = _held_elsewhere(*(breaker._lock for breaker in breakers), registry._state.lock)

    def use() -> list[str]:
        for breaker in breakers:
            breaker.acquire().failure(ValueError())
            breaker.trip()
        registry.measure(True)
        return [str(breaker.state) for breaker in (*breakers, CircuitBreaker(name="newborn"))]

    try:
        assert in_a_child(use) == "['FORCED-OPEN', 'FORCED-OPEN', 'CLOSED']"
    finally:
        end()
    assert [breaker.state for breaker in breakers] == ["CLOSED", "CLOSED"]


def test_probes_are_not_inherited() -> None:
    """A probe in flight in the parent takes no permit of the child, which may probe itself; the parent's goes on."""
    breaker = _opened()
    permit = breaker.acquire()

    def probe() -> tuple[Any, str]:
        before = breaker.snapshot().half_open["in_flight"]
        breaker.acquire().success()
        return before, breaker.state.value

    assert in_a_child(probe) == "(0, 'CLOSED')"
    assert breaker.snapshot().half_open["in_flight"] == 1
    with pytest.raises(CircuitBreakerOpenError):
        breaker.acquire()
    permit.success()
    assert breaker.state is BreakerState.CLOSED


def test_an_inherited_permit_settles_nothing() -> None:
    """The parent's probe, coming back in the child too, neither closes nor counts there."""
    breaker = _opened()
    permit = breaker.acquire()

    def settle() -> tuple[str, int]:
        permit.success()
        return breaker.state.value, breaker.snapshot().totals["calls"]

    assert in_a_child(settle) == "('HALF-OPEN', 0)"


def test_counts_are_inherited_and_go_on_apart() -> None:
    """State and totals are those of the moment of the fork; afterwards parent and child count for themselves."""
    breaker = CircuitBreaker()

    @breaker
    def protected() -> None:
        pass

    for _ in range(3):
        protected()

    def count() -> Any:
        protected()
        return breaker.snapshot().totals["successes"]

    assert in_a_child(count) == "4"
    assert breaker.snapshot().totals["successes"] == 3


def test_children_draw_other_jitter() -> None:
    """Parent and children, forked at the same moment, spread their waits differently."""
    drawn = {in_a_child(registry.jitter) for _ in range(3)} | {repr(registry.jitter())}
    assert len(drawn) == 4


def test_breakers_of_a_child_are_let_go_of() -> None:
    """Even if a thread of the parent was reading the registry at the fork."""
    gc.collect()
    keep = [CircuitBreaker() for _ in range(3)]
    reading = iter(registry._state.breakers)
    next(reading)

    def come_and_go() -> int:
        before = len(vars(registry._state.breakers)["data"])
        for _ in range(50):
            CircuitBreaker()
        gc.collect()
        return len(vars(registry._state.breakers)["data"]) - before

    assert in_a_child(come_and_go) == "0"
    reading.close()  # type: ignore[attr-defined]
    assert len(keep) == 3


def test_listeners_hear_the_child() -> None:
    """The dispatcher works in the child, with nothing of what waited for the parent's, even if its lock was held."""
    from recovery.engine.dispatcher import THE_DISPATCHER

    breaker = CircuitBreaker()
    heard: list[int] = []
    breaker.on_event(lambda event: heard.append(event.sequence))
    breaker.trip()
    assert drain()

    def listen() -> tuple[bool, list[int]]:
        breaker.reset()
        return drain(), heard

    end = _held_elsewhere(THE_DISPATCHER._changed)
    try:
        assert in_a_child(listen) == "(True, [1, 2])"
    finally:
        end()
    breaker.release()
    assert drain()
    assert heard == [1, 2]
