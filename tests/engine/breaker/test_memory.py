"""A failure is kept as type, text and time; never the exception or its frames."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import pickle
import weakref
from typing import Any

import pytest

from recovery.engine import CircuitBreaker, CircuitBreakerOpenError, registry
from recovery.testing import drain
from tests.engine.breaker.acts import EVERY_DOOR, Boom, Guarded, bring, fail


@pytest.fixture
def no_collector() -> Any:
    """Only reference counts free anything."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Payload:
    """Something big in a frame."""


@EVERY_DOOR
@pytest.mark.parametrize("times", [1, 3, 10])
def test_neither_exception_nor_frame_is_kept(make: Any, no_collector: Any, door: Any, times: Any):
    """Not by the breaker, its events or its snapshot; and no cycle holds it."""
    if door in {"decorated_async", "execute", "async_block"}:
        gc.enable()  # asyncio.run leaves cycles of its own
    breaker = make(failure_threshold=5)
    breaker.on_event(lambda event: None)
    guarded = Guarded(breaker, door)
    kept = []

    def made() -> Boom:
        exc = Boom("no")
        kept.append(weakref.ref(exc))
        return exc

    for _ in range(times):
        with contextlib.suppress(Boom, CircuitBreakerOpenError):
            guarded(made)
    drain()
    breaker.snapshot()
    if gc.isenabled():
        gc.collect()
    assert [ref() for ref in kept] == [None] * min(times, 5)


@pytest.mark.parametrize("kind", ["failure", "rejection"])
def test_no_cyclic_garbage(make: Any, no_collector: Any, kind: Any):
    """From a failing or a refused call, plain and async."""
    breaker = make(failure_threshold=10**6)

    @breaker
    def plain():
        raise Boom

    @breaker
    async def coroutine():
        raise Boom

    async def both():
        for _ in range(50):
            for work in (plain, coroutine):
                try:
                    result = work()
                    await result
                except (Boom, CircuitBreakerOpenError):
                    pass

    if kind == "rejection":
        breaker.trip()
    with asyncio.Runner() as runner:
        runner.run(both())
        gc.collect()
        runner.run(both())
        task_garbage = 20  # what a run of the loop leaves behind by itself
        assert gc.collect() < task_garbage


def test_breakers_come_and_go(no_collector: Any):
    """The registry holds them weakly; nothing else does."""
    names = [f"come-and-go-{n}" for n in range(300)]
    kept = []
    for name in names:
        breaker = CircuitBreaker(1, name=name)
        breaker(lambda: None)()
        fail(breaker)
        breaker.snapshot()
        kept.append(weakref.ref(breaker))
        del breaker
    gc.collect()
    assert not any(ref() for ref in kept)
    assert not {b.name for b in registry.breakers()} & set(names)


def test_a_refusal_can_be_kept(make: Any):
    """And read later, or sent elsewhere."""
    breaker = make(failure_threshold=1, name="billing")
    fail(breaker, exc=ValueError("bad"))
    with pytest.raises(CircuitBreakerOpenError) as caught:
        breaker.acquire()
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)


def test_a_thousand_distinct_failures_leave_bounded_memory(make: Any):
    """The last one, and a bounded tape."""
    breaker = make(failure_threshold=None)
    for number in range(1000):
        fail(breaker, exc=ValueError("x" * 1000 + str(number)))
    assert len(breaker.tape_after(0)[0]) == 512
    assert len(breaker.last_failure.text) <= 500


def test_transitions_keep_texts_only(make: Any, no_collector: Any):
    """Their evidence is plain data."""
    breaker = bring(make(failure_threshold=1), "CLOSED")
    exc = Boom("no")
    ref = weakref.ref(exc)
    fail(breaker, exc=exc)
    del exc
    gc.collect()
    assert ref() is None
    assert breaker.snapshot().transitions[0].evidence["last_failure"] == "Boom: no"
