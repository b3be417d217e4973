"""Calls that end as wanted, through every door of a breaker."""

from __future__ import annotations

import asyncio

import pytest

from recovery.engine import BreakerState, CircuitBreaker, CircuitBreakerOpenError
from recovery.testing import FakeClock


class Boom(Exception):
    """What a failing call raises."""


class Guarded:
    """A function that returns or raises what it is handed, behind a breaker, by one door."""

    def __init__(self, breaker: CircuitBreaker, door: str) -> None:
        self.breaker = breaker
        self.door = door
        self.plain = breaker(end)
        self.coroutine = breaker(aend)

    def __call__(self, what: object = None) -> object:
        """Make one call."""
        return getattr(self, f"_{self.door}")(what)

    def _decorated(self, what: object) -> object:
        return self.plain(what)

    def _decorated_async(self, what: object) -> object:
        return asyncio.run(self.coroutine(what))

    def _call(self, what: object) -> object:
        return self.breaker.call(end, what)

    def _execute(self, what: object) -> object:
        return asyncio.run(self.breaker.execute(aend, what))

    def _block(self, what: object) -> object:
        with self.breaker:
            return end(what)

    def _async_block(self, what: object) -> object:
        async def block() -> object:
            async with self.breaker:
                return await aend(what)

        return asyncio.run(block())

    def _permit(self, what: object) -> object:
        permit = self.breaker.acquire()
        try:
            result = end(what)
        except BaseException as exc:
            permit.failure(exc)
            raise
        permit.success()
        return result


DOORS = ["decorated", "decorated_async", "call", "execute", "block", "async_block", "permit"]
EVERY_DOOR = pytest.mark.parametrize("door", DOORS)


def end(what: object = None) -> object:
    """Raise an exception (or what a function makes), return anything else."""
    if isinstance(what, BaseException):
        raise what
    if callable(what):
        raise what()
    return what


async def aend(what: object = None) -> object:
    """The same, awaited."""
    return end(what)


def ok(breaker: CircuitBreaker, times: int = 1) -> None:
    """Calls that succeed."""
    for _ in range(times):
        breaker.call(end)


def fail(breaker: CircuitBreaker, times: int = 1, exc: BaseException | None = None) -> None:
    """Calls that fail."""
    for _ in range(times):
        with pytest.raises(type(exc) if exc is not None else Boom):
            breaker.call(end, exc if exc is not None else Boom("no"))


def timed(breaker: CircuitBreaker, clock: FakeClock, seconds: float, exc: Exception | None = None) -> None:
    """A call that takes so long."""

    def work() -> None:
        clock.advance(seconds)
        end(exc)

    if exc is None:
        breaker.call(work)
    else:
        with pytest.raises(type(exc)):
            breaker.call(work)


def refused(breaker: CircuitBreaker) -> CircuitBreakerOpenError:
    """The error of a call that is refused."""
    called = []
    with pytest.raises(CircuitBreakerOpenError) as caught:
        breaker.call(called.append, 1)
    assert called == []
    return caught.value


def bring(breaker: CircuitBreaker, state: BreakerState | str) -> CircuitBreaker:
    """Bring a fresh breaker into a state by its own means."""
    state = BreakerState(state)
    if state in {"OPEN", "HALF-OPEN"}:
        breaker.restore("OPEN")
    if state == "HALF-OPEN":
        breaker.probe()
    if state == "FORCED-OPEN":
        breaker.trip()
    if state == "DISABLED":
        breaker.disable()
    if state == "METRICS-ONLY":
        breaker.observe()
    assert breaker.state == state
    return breaker
