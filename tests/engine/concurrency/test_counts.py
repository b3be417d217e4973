"""Counting without a lock is exact: no success, failure, refusal or outcome is lost, whatever the threads do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from recovery.engine import BreakerConfig, CircuitBreaker, CircuitBreakerOpenError, registry
from tests.engine.concurrency.calls import Boom, failing, fine, hasty, swallow, together

THREADS = 8
CALLS = 300_000
NEVER_OPENS = BreakerConfig(failure_threshold=None)


def _mixed(breaker: CircuitBreaker, calls: int, every: int) -> Callable[[], tuple[int, int]]:
    """A job of ``calls`` calls of which one in ``every`` fails; gives how many succeeded and failed."""
    good, bad = breaker(fine), breaker(failing)

    def job() -> tuple[int, int]:
        failures = 0
        for index in range(calls):
            if index % every:
                good()
            else:
                try:
                    bad()
                except Boom:
                    failures += 1
        return calls - failures, failures

    return job


@pytest.mark.slow
@pytest.mark.parametrize("measured", [False, True], ids=["plain", "timed"])
def test_eight_threads_and_300000_calls_each(measured: bool) -> None:
    """Every call of 2.4 million is in the totals, in the window's order and, when measured, in the histogram."""
    breaker = CircuitBreaker(
        config=BreakerConfig(failure_threshold=None, slow_call_duration=60.0 if measured else None)
    )
    results = together(*[_mixed(breaker, CALLS, 50)] * THREADS)
    seen = breaker.snapshot()
    assert seen.totals["successes"] == sum(successes for successes, _ in results)
    assert seen.totals["failures"] == sum(failures for _, failures in results) == THREADS * CALLS // 50
    assert seen.totals["calls"] == THREADS * CALLS
    assert (seen.latency is not None) == measured
    if seen.latency is not None:
        assert sum(seen.latency["counts"]) >= seen.totals["successes"]


SHAPES: dict[str, dict[str, Any]] = {
    "plain": {},
    "timed": {"slow_call_duration": 60.0},
    "rated": {"failure_rate": 100.0},
    "time window": {"window": "time", "failure_rate": 100.0},
}


@pytest.mark.parametrize("fields", SHAPES.values(), ids=SHAPES)
def test_counts_are_exact_when_threads_switch_as_often_as_they_can(fields: dict[str, Any]) -> None:
    """With a switch interval of a microsecond nothing is lost, neither by ``Period.raised`` nor under the lock."""
    breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=None, **fields))
    breaker(fine)()
    with hasty():
        results = together(*[_mixed(breaker, 5_000, 2)] * THREADS)
    seen = breaker.snapshot()
    assert seen.totals["successes"] == sum(successes for successes, _ in results) + 1
    assert seen.totals["failures"] == sum(failures for _, failures in results)


def test_every_outcome_has_a_number_of_its_own() -> None:
    """Failures counted with and without the lock by many threads: the tape names each call once, in order."""
    breaker = CircuitBreaker(config=NEVER_OPENS)
    lean = _mixed(breaker, 400, 40)

    def by_permit() -> None:
        for index in range(400):
            permit = breaker.acquire()
            if index % 40:
                permit.success()
            else:
                permit.failure(ValueError("another class than the last one's"))

    with hasty():
        together(*[lean, by_permit] * 4)
    numbers = [number for number, _, _ in breaker.tape_after()[0]]
    assert len(numbers) == breaker.snapshot().totals["failures"] == 80
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) <= 8 * 400
    assert breaker.snapshot().window["calls"] == 100


def test_the_window_is_exact_after_a_crowd() -> None:
    """Eight threads fail 60 times each in a window of 600: the window holds all 480, whether taped or noted at once."""
    shapes: list[dict[str, Any]] = [{}, {"failure_rate": 100.0, "minimum_calls": 600}]
    for fields in shapes:
        breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=None, window_size=500, **fields))
        breaker.acquire().success()  # one success keeps a rate of 100 % away
        with hasty():
            together(*[_mixed(breaker, 60, 1)] * THREADS)
        window = breaker.snapshot().window
        assert (window["calls"], window["failures"]) == (481, 480)


def test_reading_while_others_fail_never_raises() -> None:
    """Snapshots read the tape and the window while threads write to them without a lock."""
    breaker = CircuitBreaker(config=NEVER_OPENS)
    ended = threading.Event()

    def read() -> int:
        snapshots = 0
        while not ended.is_set():
            seen = breaker.snapshot()
            assert 0 <= seen.window["failures"] <= seen.window["calls"] <= 100
            breaker.tape_after()
            repr(breaker)
            snapshots += 1
        return snapshots

    left = threading.Semaphore(0)

    def fail() -> None:
        _mixed(breaker, 3_000, 2)()
        left.release()

    def watch() -> None:
        for _ in range(4):
            left.acquire()
        ended.set()

    with hasty():
        results = together(read, read, watch, *[fail] * 4)
    assert results[0] > 0
    assert breaker.snapshot().totals["failures"] == 4 * 1_500


def test_a_storm_of_operators_loses_no_refusal_and_counts_nothing_twice() -> None:
    """Tripped, reset, observed and reconfigured: what was refused is counted, each call at most once."""
    breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=3, recovery_timeout=0.0001))
    good, bad = breaker(fine), breaker(failing)
    ended = threading.Event()

    def call() -> tuple[int, int, int]:
        successes = failures = refused = 0
        while not ended.is_set():
            for protected in (good, good, bad):
                try:
                    protected()
                except Boom:
                    failures += 1
                except CircuitBreakerOpenError:
                    refused += 1
                else:
                    successes += 1
        return successes, failures, refused

    def operate() -> None:
        configs = [breaker.config.replace(window_size=size) for size in (5, 100)]
        try:
            for turn in range(150):
                breaker.trip()
                breaker.release()
                breaker.observe()
                breaker.configure(configs[turn % 2])
                breaker.release()
                breaker.disable(60)
                breaker.reset()
                registry.measure(turn % 2 == 0)
                breaker.tick()
        finally:
            ended.set()

    try:
        with hasty(1e-5):
            results = together(operate, *[call] * 4)[1:]
    finally:
        registry.measure(False)
    seen = breaker.snapshot()
    assert seen.totals["refused"] == sum(refused for _, _, refused in results)
    assert seen.totals["successes"] <= sum(successes for successes, _, _ in results)
    assert seen.totals["failures"] <= sum(failures for _, failures, _ in results)
    assert [t.sequence for t in seen.transitions] == list(
        range(seen.sequence - len(seen.transitions) + 1, seen.sequence + 1)
    )
    swallow(good, CircuitBreakerOpenError)
