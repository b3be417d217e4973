"""Tasks, event loops and threads on one breaker."""

from __future__ import annotations

import asyncio
import threading

import pytest

from recovery.engine import BreakerConfig, BreakerState, CircuitBreaker, CircuitBreakerOpenError
from tests.engine.concurrency.calls import Boom, fine, swallow, together

NEVER_OPENS = BreakerConfig(failure_threshold=None)


@pytest.mark.parametrize("slow", [None, 60.0], ids=["plain", "timed"])
async def test_a_thousand_tasks_are_counted_exactly(slow: float | None) -> None:
    """A thousand tasks, ten calls each, in flight together: successes, failures and cancellations add up."""
    breaker = CircuitBreaker(config=NEVER_OPENS.replace(slow_call_duration=slow))
    gate, full = asyncio.Event(), asyncio.Event()
    waiting = 0

    @breaker
    async def protected(number: int) -> int:
        nonlocal waiting
        waiting += 1
        if waiting == 10_000:
            full.set()
        await gate.wait()
        if number % 10 == 0:
            raise Boom
        if number % 10 == 1:
            raise asyncio.CancelledError
        return number

    async def task(start: int) -> list[int | BaseException]:
        calls = (protected(start + index) for index in range(10))
        return await asyncio.gather(*calls, return_exceptions=True)

    tasks = [asyncio.create_task(task(number * 10)) for number in range(1_000)]
    await full.wait()
    assert breaker.snapshot().totals["calls"] == 0
    gate.set()
    results = [result for ten in await asyncio.gather(*tasks) for result in ten]
    totals = breaker.snapshot().totals
    assert totals["successes"] == 8_000 == sum(isinstance(result, int) for result in results)
    assert totals["failures"] == totals["ignored"] == 1_000
    assert totals["calls"] == 10_000


async def test_a_cancelled_task_gives_its_permit_back() -> None:
    """A probe whose task is cancelled leaves the breaker half-open with a free permit."""
    breaker = CircuitBreaker(config=BreakerConfig(recovery_timeout=0.0))
    breaker.restore(BreakerState.OPEN)
    started = asyncio.Event()

    async def probe() -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(breaker.execute(probe))
    await started.wait()
    assert breaker.snapshot().half_open["in_flight"] == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    seen = breaker.snapshot()
    assert (seen.state, seen.half_open["in_flight"]) == (BreakerState.HALF_OPEN, 0)
    assert await breaker.execute(fine) == "fine"
    assert breaker.snapshot().state is BreakerState.CLOSED


async def test_blocks_of_tasks_do_not_mix() -> None:
    """``async with`` of many tasks, ending in another order than they began, settles each by its own end."""
    breaker = CircuitBreaker(config=NEVER_OPENS)
    gates = [asyncio.Event() for _ in range(20)]

    async def block(number: int) -> None:
        async with breaker, breaker:
            await gates[number].wait()
            if number % 2:
                raise Boom

    tasks = [asyncio.create_task(block(number)) for number in range(20)]
    await asyncio.sleep(0)
    for gate in reversed(gates):
        gate.set()
        await asyncio.sleep(0)
    await asyncio.gather(*tasks, return_exceptions=True)
    totals = breaker.snapshot().totals
    assert (totals["successes"], totals["failures"]) == (20, 20)


def test_one_breaker_serves_threads_and_two_event_loops_at_once() -> None:
    """Two loops in their own threads and two plain threads: all calls are counted, a hold refuses them all."""
    breaker = CircuitBreaker(config=NEVER_OPENS)

    @breaker
    async def waiting() -> None:
        await asyncio.sleep(0)

    @breaker
    async def breaking() -> None:
        await asyncio.sleep(0)
        raise Boom

    def loop() -> None:
        async def main() -> None:
            calls = [waiting() if number % 5 else breaking() for number in range(2_000)]
            await asyncio.gather(*calls, return_exceptions=True)

        asyncio.run(main())

    plain = breaker(fine)

    def thread() -> None:
        for _ in range(20_000):
            plain()

    together(loop, loop, thread, thread)
    totals = breaker.snapshot().totals
    assert (totals["successes"], totals["failures"]) == (2 * 1_600 + 2 * 20_000, 800)

    breaker.trip()

    def refused_in_a_loop() -> bool:
        async def main() -> bool:
            with pytest.raises(CircuitBreakerOpenError):
                await waiting()
            return True

        return asyncio.run(main())

    assert together(refused_in_a_loop, refused_in_a_loop, lambda: swallow(plain, CircuitBreakerOpenError)) == [True] * 3


def test_probes_of_two_loops_and_a_thread_share_the_permits() -> None:
    """With one permit, of three probes at once from two loops and a thread one is let in."""
    breaker = CircuitBreaker(config=BreakerConfig(recovery_timeout=0.0))
    breaker.restore(BreakerState.OPEN)
    asked = threading.Barrier(3)

    def in_a_loop() -> bool:
        async def probe() -> None:
            asked.wait(60)  # holds its permit until the others were refused

        async def main() -> bool:
            try:
                await breaker.execute(probe)
            except CircuitBreakerOpenError:
                asked.wait(60)
                return False
            return True

        return asyncio.run(main())

    def in_a_thread() -> bool:
        try:
            breaker.call(asked.wait, 60)
        except CircuitBreakerOpenError:
            asked.wait(60)
            return False
        return True

    assert sorted(together(in_a_loop, in_a_loop, in_a_thread)) == [False, False, True]
    assert breaker.state is BreakerState.CLOSED
