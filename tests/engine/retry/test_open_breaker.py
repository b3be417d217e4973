"""A retry stops at once where a breaker refuses, and inside a breaker goes on only while its period lasts."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine import CircuitBreaker, CircuitBreakerOpenError
from recovery.engine.retry import retry
from recovery.testing import FakeClock, force
from tests.engine.retry.helpers import NO_WAIT, Flaky, Reporter, failing


def test_with_no_real_failure_before_it_the_refusal_is_raised() -> None:
    breaker, flaky, reporter = CircuitBreaker(), failing(0), Reporter()
    force(breaker, "OPEN")
    function = retry(config=NO_WAIT, reporter=reporter)(breaker(flaky.function()))
    with pytest.raises(CircuitBreakerOpenError) as caught:
        function()
    figures = function.retrier.operation.snapshot()
    assert (flaky.calls, figures.attempts, figures.gave_up, reporter.told) == (0, 0, 0, [])
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_else_the_last_original_exception_with_the_refusal_in_its_note(asynchronous: bool) -> None:
    breaker, flaky = CircuitBreaker(failure_threshold=2, name="db"), failing(9)
    guarded = breaker(flaky.coroutine() if asynchronous else flaky.function())
    function = retry(max_attempts=5, base_delay=0, name="r")(guarded)
    with pytest.raises(ConnectionError, match="no 1") as caught:
        await function() if asynchronous else function()
    assert flaky.calls == 2
    assert "after 2 attempts" in caught.value.__notes__[0]
    assert "refused, circuit breaker 'db' is open" in caught.value.__notes__[0]


def test_also_where_on_names_it() -> None:
    breaker, flaky = CircuitBreaker(), failing(0)
    force(breaker, "OPEN")
    with pytest.raises(CircuitBreakerOpenError):
        retry(config=NO_WAIT, on=CircuitBreakerOpenError)(breaker(flaky.function()))()
    assert flaky.calls == 0


def test_a_breaker_over_a_retry_counts_one_failure_per_call() -> None:
    breaker = CircuitBreaker(failure_threshold=5)
    function = breaker(retry(config=NO_WAIT)(failing(99).function()))
    for _ in range(2):
        with pytest.raises(ConnectionError):
            function()
    assert breaker.failures == 2


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_record_attempts_counts_each_and_stops_the_retry_when_it_opens(asynchronous: bool) -> None:
    flaky = failing(99)
    breaker = CircuitBreaker(failure_threshold=2, record_attempts=True)
    inner = retry(max_attempts=9, base_delay=0)(flaky.coroutine() if asynchronous else flaky.function())
    with pytest.raises(ConnectionError) as caught:
        await breaker(inner)() if asynchronous else breaker(inner)()
    assert (flaky.calls, breaker.state) == (2, "OPEN")
    assert "moved on" in caught.value.__notes__[0]


def test_a_retry_that_wakes_up_in_a_later_period_stops() -> None:
    breaker, flaky = CircuitBreaker(), failing(99)

    class Tripping(FakeClock):
        def sleep(self, seconds: float) -> None:
            breaker.reset()
            breaker.trip()

    reporter = Reporter()
    inner = retry(max_attempts=9, clock=Tripping(), reporter=reporter)(flaky.function())
    with pytest.raises(ConnectionError) as caught:
        breaker(inner)()
    assert flaky.calls == 1
    assert "after 1 attempt " in caught.value.__notes__[0]
    assert breaker.failures == 0


def test_it_goes_on_while_the_period_lasts() -> None:
    breaker = CircuitBreaker(failure_threshold=1)
    assert breaker.call(retry(config=NO_WAIT)(failing(2).function())) == "ok"
    assert breaker.failures == 0


def test_resume_takes_over_after_a_first_attempt_made_elsewhere() -> None:
    flaky = failing(1)
    retrier: Any = retry(config=NO_WAIT)(flaky.function()).retrier
    assert retrier.resume(ConnectionError("first"), flaky.function()) == "ok"
    figures = retrier.operation.snapshot()
    assert (figures.attempts, figures.retries, figures.successes_after_retry) == (3, 2, 1)


async def test_aresume_does_too_and_raises_the_last_one() -> None:
    errors = [TimeoutError(), OSError()]
    flaky = Flaky(*errors)
    retrier: Any = retry(config=NO_WAIT)(flaky.coroutine()).retrier
    with pytest.raises(OSError) as caught:  # noqa: PT011 - compared below
        await retrier.aresume(ConnectionError("first"), flaky.coroutine())
    assert caught.value is errors[1]
    assert retrier.operation.snapshot().attempts == 3
