"""``with breaker:`` and ``async with breaker:``."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from typing import Any

import pytest

from recovery.engine import CircuitBreaker, CircuitBreakerOpenError
from recovery.engine import blocks as internals
from tests.engine.breaker.acts import Boom, bring


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Any:
    """After every test no block is remembered."""
    yield
    assert internals._by_frame == {}
    assert internals._by_context.get() == ()


def test_a_block_is_one_call(make: Any):
    """Settled by how it ends; the breaker is what ``as`` gives."""
    breaker = make(ignore=KeyError)
    with breaker as given:
        assert given is breaker
    for exc in (Boom, KeyError):
        with pytest.raises(exc), breaker:
            raise exc
    totals = breaker.snapshot().totals
    assert (totals["calls"], totals["successes"], totals["failures"], totals["ignored"]) == (3, 1, 1, 1)


def test_leaving_early_is_a_success(make: Any):
    """return, break and continue are no failures."""
    breaker = make()

    def early() -> Any:
        with breaker:
            return 1

    early()
    for _ in range(2):
        with breaker:
            continue
    assert breaker.snapshot().totals["successes"] == 3


def test_a_refused_block_is_not_entered(make: Any):
    """The body does not run, and there is nothing to leave."""
    breaker = bring(make(), "FORCED-OPEN")
    with pytest.raises(CircuitBreakerOpenError), breaker:
        pytest.fail("entered")


def test_blocks_of_one_breaker_nest(make: Any):
    """Each is a call of its own."""
    breaker = make()
    with breaker:
        with pytest.raises(Boom), breaker:
            raise Boom
        assert breaker.failures == 1
    assert breaker.failures == 0


def test_blocks_of_several_breakers_nest_in_any_order(make: Any):
    """Each settles its own."""
    one, two = make(), make()
    with pytest.raises(Boom), one, two, one:
        raise Boom
    assert (one.failures, two.failures) == (2, 1)


async def test_interleaved_tasks_keep_their_own_permits(make: Any):
    """The first in is the first out, and fails; the other succeeds."""
    breaker = make(failure_threshold=1)
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def first():
        async with breaker:
            await entered.wait()
        go_on.set()

    async def second():
        async with breaker:
            entered.set()
            await go_on.wait()
            breaker.reset()  # this one's period is over, the first one's was its own

    await asyncio.gather(first(), second())
    assert breaker.snapshot().totals["successes"] == 1


async def test_a_thousand_tasks(make: Any):
    """All counted."""
    breaker = make()

    async def one():
        async with breaker:
            await asyncio.sleep(0)

    await asyncio.gather(*(one() for _ in range(1000)))
    assert breaker.snapshot().totals["successes"] == 1000


def test_threads_keep_their_own(make: Any):
    """Two in a block at once."""
    breaker, together = make(), threading.Barrier(2)

    def one(fail: Any):
        with contextlib.suppress(Boom), breaker:
            together.wait()
            if fail:
                raise Boom

    threads = [threading.Thread(target=one, args=(fail,)) for fail in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    totals = breaker.snapshot().totals
    assert (totals["successes"], totals["failures"]) == (1, 1)


def test_a_block_may_be_left_in_another_context(make: Any):
    """As FastAPI does with a dependency that yields: two threads, two copies of the context."""
    breaker = make()

    def dependency() -> Any:
        with breaker:
            yield

    steps = dependency()
    contextvars.copy_context().run(next, steps)
    contextvars.copy_context().run(next, steps, None)
    assert breaker.snapshot().totals["successes"] == 1


async def test_an_async_block_may_be_left_in_another_task(make: Any):
    """As fixtures do."""
    breaker = make()

    async def fixture() -> Any:
        async with breaker:
            yield

    steps = fixture()
    await asyncio.create_task(anext(steps))
    await asyncio.create_task(anext(steps, None))
    assert breaker.snapshot().totals["successes"] == 1


def test_interleaved_generators_settle_their_own(make: Any):
    """The one entered before a reset is late, whichever leaves first."""
    breaker = make()

    def steps(fail: Any) -> Any:
        with breaker:
            yield
            if fail:
                raise Boom

    old, new = steps(fail=True), steps(fail=False)
    next(old)
    breaker.reset()
    next(new)
    with pytest.raises(Boom):
        next(old)
    next(new, None)
    totals = breaker.snapshot().totals
    assert (totals["successes"], totals["failures"]) == (1, 0)


def test_an_exit_stack_enters_and_leaves(make: Any):
    """From frames of its own, in order, and with the exception."""
    one, two = make(), make()

    def work() -> None:
        with contextlib.ExitStack() as stack:
            for breaker in (one, two, one):
                stack.enter_context(breaker)
            raise Boom

    with pytest.raises(Boom):
        work()
    assert (one.failures, two.failures) == (2, 1)


async def test_interleaved_exit_stacks_of_tasks(make: Any):
    """Known by their tasks."""
    breaker, entered = make(), asyncio.Event()

    async def task(fail: Any):
        with contextlib.suppress(Boom):
            async with contextlib.AsyncExitStack() as stack:
                await stack.enter_async_context(breaker)
                if fail:
                    await entered.wait()
                    raise Boom
                breaker.reset()  # from here on this one's own call is late

                entered.set()
                await asyncio.sleep(0)

    await asyncio.gather(task(fail=False), task(fail=True))
    totals = breaker.snapshot().totals
    assert (totals["successes"], totals["failures"]) == (0, 1)


def test_leaving_what_was_not_entered_says_so():
    """A RuntimeError that names the breaker."""
    with pytest.raises(RuntimeError, match=r"'billing' .*without having been entered"):
        CircuitBreaker(name="billing").__exit__(None, None, None)


async def test_a_cancelled_block_is_neutral(make: Any):
    """Neither success nor failure."""
    breaker = make()

    async def work():
        async with breaker:
            await asyncio.sleep(3600)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert breaker.snapshot().totals["ignored"] == 1
