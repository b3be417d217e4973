"""The lock is never held while code of others runs, and whoever holds it may come back."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from recovery.engine import BreakerConfig, BreakerState, CircuitBreaker, CircuitBreakerOpenError
from recovery.engine.dispatch import drain
from tests.engine.concurrency.calls import Boom, failing, fine, swallow

OPENED = BreakerState.OPEN


def _decorated(breaker: CircuitBreaker, func: Callable[[], Any]) -> Any:
    return breaker(func)()


def _entered(breaker: CircuitBreaker, func: Callable[[], Any]) -> Any:
    with breaker:
        return func()


def _called(breaker: CircuitBreaker, func: Callable[[], Any]) -> Any:
    return breaker.call(func)


WAYS = pytest.mark.parametrize("way", [_decorated, _entered, _called])


@WAYS
@pytest.mark.parametrize("state", [BreakerState.CLOSED, BreakerState.OPEN], ids=["closed", "probing"])
def test_a_call_that_hangs_holds_no_lock(way: Callable[[CircuitBreaker, Any], Any], state: BreakerState) -> None:
    """While it hangs, others read, operate and configure the breaker; its result is late and counts nowhere."""
    breaker = CircuitBreaker(config=BreakerConfig(recovery_timeout=0.0))
    breaker.restore(state)
    inside, let_go = threading.Event(), threading.Event()

    def hanging() -> str:
        inside.set()
        assert let_go.wait(60)
        return "at last"

    with ThreadPoolExecutor(2) as pool:
        call = pool.submit(way, breaker, hanging)
        assert inside.wait(60)

        def meanwhile() -> None:
            breaker.snapshot()
            breaker.tape_after()
            breaker.tick()
            breaker.configure(BreakerConfig(failure_threshold=9))
            breaker.trip()
            assert swallow(breaker.acquire, CircuitBreakerOpenError)
            breaker.reset()

        pool.submit(meanwhile).result(60)
        let_go.set()
        assert call.result(60) == "at last"
    assert breaker.snapshot().totals["successes"] == 0


CALLBACKS: dict[str, Callable[[Callable[[], Any]], dict[str, Any]]] = {
    "record": lambda look: {"record": lambda _exc: look() is not None},
    "ignore": lambda look: {"ignore": lambda _exc: look() is None},
    "is_failure": lambda look: {"is_failure": lambda _result: look() is None},
    "fallback": lambda look: {"fallback": lambda _exc: look()},
}


@pytest.mark.parametrize("which", CALLBACKS)
def test_no_callback_runs_under_the_lock(which: str) -> None:
    """Predicates and fallbacks may wait for another thread that reads the breaker."""
    with ThreadPoolExecutor(1) as pool:
        asked = 0

        def look() -> Any:
            nonlocal asked
            asked += 1
            return pool.submit(breaker.snapshot).result(60)

        breaker = CircuitBreaker(1, **CALLBACKS[which](look))
        breaker(fine)()
        swallow(breaker(failing))
        swallow(breaker(failing), Boom, CircuitBreakerOpenError)
    assert asked > 0


def test_no_log_handler_runs_under_the_lock(caplog: pytest.LogCaptureFixture) -> None:
    """A handler of the log may wait for another thread that reads the breaker."""
    import logging

    with ThreadPoolExecutor(1) as pool:
        states: list[BreakerState] = []

        class Looking(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                states.append(pool.submit(breaker.snapshot).result(60).state)

        handler = Looking()
        log = logging.getLogger("recovery.breaker")
        log.addHandler(handler)
        breaker = CircuitBreaker(1)
        try:
            with caplog.at_level(logging.INFO, "recovery.breaker"):
                swallow(breaker(failing))
                breaker.probe()
                breaker.call(fine)
        finally:
            log.removeHandler(handler)
    assert states == [OPENED, BreakerState.HALF_OPEN, BreakerState.CLOSED]


def test_a_call_inside_a_call_is_counted_twice() -> None:
    """A protected function may call itself, and another one of the same breaker."""
    breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=None))

    @breaker
    def down(steps: int) -> None:
        if steps:
            down(steps - 1)
        else:
            raise Boom

    swallow(lambda: down(9))
    assert breaker.snapshot().totals["failures"] == 10


def test_a_probe_inside_a_probe_is_refused() -> None:
    """With one permit the inner call of a probe finds none; the refusal itself is no failure."""
    breaker = CircuitBreaker(config=BreakerConfig(recovery_timeout=0.0))
    breaker.restore(BreakerState.OPEN)
    inner = breaker(fine)

    @breaker
    def outer() -> bool:
        return swallow(inner, CircuitBreakerOpenError)

    assert outer() is True
    assert breaker.state is BreakerState.CLOSED


def test_a_listener_may_use_the_breaker() -> None:
    """A listener that calls, reads and operates its breaker hears of what it did, in order."""
    breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=1))
    heard: list[tuple[int, str]] = []

    def listener(event: Any) -> None:
        heard.append((event.sequence, event.after.value))
        breaker.snapshot()
        if event.after is BreakerState.OPEN:
            assert swallow(breaker.acquire, CircuitBreakerOpenError)
            breaker.reset()
            breaker.call(fine)

    end = breaker.on_event(listener)
    swallow(breaker(failing))
    assert drain()
    assert drain()
    end()
    assert heard == [(1, "OPEN"), (2, "CLOSED")]
    assert breaker.snapshot().totals["successes"] == 1


@pytest.mark.parametrize("verb", ["snapshot", "tick", "trip", "acquire", "reset"])
def test_a_finaliser_may_settle_while_its_own_thread_holds_the_lock(verb: str) -> None:
    """A stream in a cycle that is collected inside the breaker settles there, without a deadlock."""
    breaker = CircuitBreaker()
    closed = 0

    @breaker
    def stream(_cycle: list[Any]) -> Generator[int, None, None]:
        nonlocal closed
        try:
            yield 1
        finally:
            closed += 1

    def abandon() -> None:
        cycle: list[Any] = []
        steps = stream(cycle)
        next(steps)
        cycle.append(steps)

    class Collecting:
        """The machine's clock; a reading of it collects garbage."""

        def __call__(self) -> int:
            if breaker._lock._is_owned():  # type: ignore[attr-defined]
                gc.collect()
            return 0

    breaker._ns = Collecting()
    gc.disable()
    try:
        abandon()
        with ThreadPoolExecutor(1) as pool, breaker._lock:
            assert not pool.submit(breaker._lock.acquire, False).result(60)
            result = getattr(breaker, verb)()
    finally:
        gc.enable()
    assert closed == 1
    assert breaker.snapshot().totals["ignored"] == 1
    del result


def test_a_finaliser_may_come_in_the_middle_of_counting_a_failure() -> None:
    """Garbage that is collected while a failure is made is settled, and the failure counted once."""
    breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=None))

    @breaker
    def stream(_cycle: list[Any]) -> Generator[int, None, None]:
        yield 1

    protected = breaker(failing)
    swallow(protected)
    threshold = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for _ in range(500):
            cycle: list[Any] = []
            steps = stream(cycle)
            next(steps)
            cycle.append(steps)
            del cycle, steps
            swallow(protected)
    finally:
        gc.set_threshold(*threshold)
    gc.collect()
    totals = breaker.snapshot().totals
    assert (totals["failures"], totals["ignored"]) == (501, 500)
