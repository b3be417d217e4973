"""A fallback answers refused calls, and failed ones where asked to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from recovery.engine import CircuitBreaker, CircuitBreakerHeldError, CircuitBreakerOpenError
from tests.engine.breaker.acts import Boom, Guarded

WITH_RESULT = pytest.mark.parametrize("door", ["decorated", "decorated_async", "call", "execute"])


async def later(exc: Any) -> Any:
    """An async fallback."""
    await asyncio.sleep(0)
    return f"instead of {type(exc).__name__}"


def now(exc: Any) -> Any:
    """A plain one."""
    return f"instead of {type(exc).__name__}"


BOTH = pytest.mark.parametrize("fallback", [now, later])


@WITH_RESULT
@BOTH
def test_it_answers_refused_calls(make: Any, door: Any, fallback: Any):
    """Sync and async ones, with the refusal in hand; counted as refused and as fallback."""
    breaker = make(fallback=fallback)
    guarded = Guarded(breaker, door)
    breaker.restore("OPEN")
    assert guarded("x") == "instead of CircuitBreakerOpenError"
    breaker.trip()
    assert guarded("x") == "instead of CircuitBreakerHeldError"
    totals = breaker.snapshot().totals
    assert (totals["calls"], totals["refused"], totals["fallbacks"]) == (2, 2, 2)


@WITH_RESULT
def test_it_does_not_answer_failed_ones(make: Any, door: Any):
    """Unless asked to."""
    breaker = make(fallback=now)
    with pytest.raises(Boom):
        Guarded(breaker, door)(Boom())
    assert breaker.snapshot().totals["fallbacks"] == 0


@WITH_RESULT
@BOTH
def test_on_failure_it_answers_failed_ones_too(make: Any, door: Any, fallback: Any):
    """They count as failures all the same."""
    breaker = make(failure_threshold=2, fallback=fallback, fallback_on_failure=True)
    guarded = Guarded(breaker, door)
    assert [guarded(Boom()), guarded(Boom())] == ["instead of Boom"] * 2
    assert breaker.state == "OPEN"
    assert guarded() == "instead of CircuitBreakerOpenError"
    totals = breaker.snapshot().totals
    assert (totals["failures"], totals["refused"], totals["fallbacks"]) == (2, 1, 3)


@WITH_RESULT
def test_neutral_exceptions_are_raised(make: Any, door: Any):
    """They are no failures."""
    breaker = make(fallback=now, fallback_on_failure=True, ignore=KeyError)
    with pytest.raises(KeyError):
        Guarded(breaker, door)(KeyError())


@WITH_RESULT
def test_what_it_raises_is_raised(make: Any, door: Any):
    """In place of the refusal, which is its context."""

    def broken(_exc: Any):
        raise ZeroDivisionError

    breaker = make(fallback=broken)
    breaker.trip()
    with pytest.raises(ZeroDivisionError) as caught:
        Guarded(breaker, door)()
    assert isinstance(caught.value.__context__, CircuitBreakerHeldError)


@WITH_RESULT
def test_successes_do_not_reach_it(make: Any, door: Any):
    """Nor are they slowed into anything else."""
    breaker = make(fallback=now, fallback_on_failure=True)
    assert Guarded(breaker, door)("own") == "own"
    assert breaker.snapshot().totals["fallbacks"] == 0


def test_none_is_an_answer(make: Any):
    """It is not a missing one."""
    breaker = make(fallback=lambda exc: None)
    breaker.trip()
    assert breaker.call(lambda: 1) is None


def test_an_async_fallback_answers_plain_code_inside_a_loop(make: Any):
    """It is driven to its end, also where a loop runs already."""
    breaker = make(fallback=later)
    breaker.trip()

    async def handler() -> Any:
        return breaker.call(lambda: 1)

    assert asyncio.run(handler()) == "instead of CircuitBreakerHeldError"


@pytest.mark.parametrize("door", ["with", "acquire"])
def test_blocks_and_permits_have_no_result_to_replace(make: Any, door: Any):
    """They are refused."""
    breaker = make(fallback=now)
    breaker.trip()
    with pytest.raises(CircuitBreakerOpenError):
        breaker.acquire() if door == "acquire" else breaker.__enter__()


@pytest.mark.parametrize("turn", ["reset", "disable"])
def test_the_fallback_of_a_call_that_counts_nowhere_counts_nowhere(make: Any, turn: Any):
    """It came late, or nothing is recorded: still answered."""
    breaker = make(fallback=now, fallback_on_failure=True)

    def work():
        getattr(breaker, turn)()
        raise Boom

    assert breaker.call(work) == "instead of Boom"
    assert set(breaker.snapshot().totals.values()) == {0}
    if turn == "disable":
        assert breaker.call(work) == "instead of Boom"
        assert set(breaker.snapshot().totals.values()) == {0}


def test_it_must_be_callable():
    """A TypeError that names it."""
    with pytest.raises(TypeError, match="fallback must be callable"):
        CircuitBreaker(fallback=7)


def test_on_failure_needs_one():
    """A TypeError that says so."""
    with pytest.raises(TypeError, match="fallback_on_failure needs a fallback"):
        CircuitBreaker(fallback_on_failure=True)


def test_it_keeps_nothing_of_the_refusal(make: Any):
    """A failed result of is_failure is returned, not replaced."""
    breaker = make(fallback=now, fallback_on_failure=True, is_failure=lambda result: result == 503)
    assert breaker.call(lambda: 503) == 503
    assert breaker.snapshot().totals["fallbacks"] == 0
