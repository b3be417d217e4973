"""Generators and async generators behind a breaker: one call from first item to last."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import pytest

from recovery.engine import CircuitBreakerOpenError
from tests.engine.breaker.acts import Boom, bring


def numbers(closed: Any = None, fail_at: Any = None) -> Any:
    """0, 1, 2 … answering what is sent, and what is thrown."""
    n, sent = 0, None
    try:
        while True:
            if n == fail_at:
                raise Boom
            try:
                sent = yield (n, sent)
            except KeyError:
                sent = "caught"
            if sent == "stop":
                return "end"
            n += 1
    finally:
        if closed is not None:
            closed.append(True)


async def anumbers(closed: Any = None, fail_at: Any = None) -> Any:
    """The same, async."""
    n, sent = 0, None
    try:
        while True:
            if n == fail_at:
                raise Boom
            await asyncio.sleep(0)
            try:
                sent = yield (n, sent)
            except KeyError:
                sent = "caught"
            if sent == "stop":
                return
            n += 1
    finally:
        if closed is not None:
            closed.append(True)


def settled(breaker: Any) -> Any:
    """Successes, failures, ignored."""
    totals = breaker.snapshot().totals
    return totals["successes"], totals["failures"], totals["ignored"]


class TestGenerator:
    """``def`` with ``yield``."""

    def test_send_throw_and_the_returned_value(self, make: Any):
        """All arrive where they should."""
        breaker = make()
        steps = breaker(numbers)()
        assert next(steps) == (0, None)
        assert steps.send("hello") == (1, "hello")
        assert steps.throw(KeyError()) == (2, "caught")
        with pytest.raises(StopIteration) as caught:
            steps.send("stop")
        assert caught.value.value == "end"
        assert settled(breaker) == (1, 0, 0)

    def test_nothing_is_asked_before_the_first_item(self, make: Any):
        """Making it is not calling it."""
        breaker = bring(make(), "FORCED-OPEN")
        steps = breaker(numbers)()
        with pytest.raises(CircuitBreakerOpenError):
            next(steps)

    def test_a_failure_anywhere_is_one_failure(self, make: Any):
        """After two items."""
        breaker = make()
        got = []
        with pytest.raises(Boom):
            got.extend(breaker(numbers)(fail_at=2))
        assert settled(breaker) == (0, 1, 0)

    @pytest.mark.parametrize("how", ["close", "forget"])
    def test_leaving_early_is_neutral_and_closes_the_inner_one(self, make: Any, how: Any):
        """The reader has enough."""
        breaker, closed = make(), []
        steps = breaker(numbers)(closed)
        next(steps)
        if how == "close":
            steps.close()
        else:
            del steps
            gc.collect()
        assert closed == [True]
        assert settled(breaker) == (0, 0, 1)

    def test_the_readers_time_is_not_the_calls(self, make: Any, clock: Any):
        """It is never slow."""
        breaker = make(slow_call_duration=1)
        for _ in breaker(lambda: (yield 1))():
            clock.advance(100)
        assert breaker.snapshot().totals["slow"] == 0

    def test_half_open_it_is_a_probe_until_its_end(self, make: Any):
        """In flight all the while."""
        breaker = bring(make(), "HALF-OPEN")
        steps = breaker(numbers)()
        next(steps)
        assert breaker.snapshot().half_open["in_flight"] == 1
        with pytest.raises(StopIteration):
            steps.send("stop")
        assert breaker.state == "CLOSED"


class TestAsyncGenerator:
    """``async def`` with ``yield``."""

    async def test_asend_athrow_and_the_end(self, make: Any):
        """All arrive where they should."""
        breaker = make()
        steps = breaker(anumbers)()
        assert await anext(steps) == (0, None)
        assert await steps.asend("hello") == (1, "hello")
        assert await steps.athrow(KeyError()) == (2, "caught")
        with pytest.raises(StopAsyncIteration):
            await steps.asend("stop")
        assert settled(breaker) == (1, 0, 0)

    async def test_refused_at_the_first_item(self, make: Any):
        """Not before."""
        steps = bring(make(), "FORCED-OPEN")(anumbers)()
        with pytest.raises(CircuitBreakerOpenError):
            await anext(steps)

    async def test_a_failure_anywhere_is_one_failure(self, make: Any):
        """After two items."""
        breaker = make()
        with pytest.raises(Boom):
            [item async for item in breaker(anumbers)(fail_at=2)]
        assert settled(breaker) == (0, 1, 0)

    async def test_an_exception_thrown_in_and_not_caught_fails(self, make: Any):
        """It comes out again."""
        breaker, closed = make(), []
        steps = breaker(anumbers)(closed)
        await anext(steps)
        with pytest.raises(Boom):
            await steps.athrow(Boom())
        assert closed == [True]
        assert settled(breaker) == (0, 1, 0)

    async def test_aclose_is_neutral_and_closes_the_inner_one(self, make: Any):
        """At once, not when the collector comes."""
        breaker, closed = make(), []
        steps = breaker(anumbers)(closed)
        await anext(steps)
        await steps.aclose()
        assert closed == [True]
        assert settled(breaker) == (0, 0, 1)

    async def test_cancelled_while_it_waits_is_neutral(self, make: Any):
        """The probe is given back."""
        breaker = bring(make(), "HALF-OPEN")

        async def slow() -> Any:
            await asyncio.sleep(3600)
            yield 1

        task = asyncio.create_task(anext(breaker(slow)()))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert breaker.snapshot().half_open["in_flight"] == 0
        assert settled(breaker) == (0, 0, 1)

    async def test_all_items_arrive(self, make: Any):
        """In order, and then it is over."""

        async def three() -> Any:
            for n in range(3):
                yield n

        breaker = make()
        assert [n async for n in breaker(three)()] == [0, 1, 2]
        assert settled(breaker) == (1, 0, 0)
