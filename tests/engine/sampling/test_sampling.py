"""The client's quick look at a breaker says what a snapshot says, and disturbs nothing."""

from __future__ import annotations

import contextlib

import pytest

from recovery.engine import BreakerConfig, CircuitBreaker, RetryConfig, registry
from recovery.engine.operation import Operation
from recovery.engine.sampling import (
    COUNTERS,
    OPERATION_COUNTERS,
    code_config_of,
    counts_of,
    operation_counts_of,
    sample,
    taped_of,
)
from recovery.engine.types import RetryReason
from recovery.testing import FakeClock


def _fails() -> None:
    raise ValueError("no")


def _call(breaker: CircuitBreaker, failures: int = 0, successes: int = 0) -> None:
    for _ in range(failures):
        with contextlib.suppress(Exception):
            breaker.call(_fails)
    for _ in range(successes):
        with contextlib.suppress(Exception):
            breaker.call(int)


def test_counts_are_those_of_a_snapshot_over_several_periods() -> None:
    clock = FakeClock()
    breaker = CircuitBreaker(3, 10, clock=clock)
    _call(breaker, failures=5, successes=2)
    clock.advance(10)
    _call(breaker, successes=4)
    totals = breaker.snapshot().totals
    assert dict(zip(COUNTERS, counts_of(breaker), strict=True)) == {name: totals[name] for name in COUNTERS}
    assert sample(breaker).counts == counts_of(breaker)


def test_a_sample_has_the_tape_since_the_cursor() -> None:
    clock = FakeClock(start=5.0)
    breaker = CircuitBreaker(10, clock=clock)
    _call(breaker, failures=2, successes=1)
    first = sample(breaker)
    assert [(number, what) for number, _, what in first.tape] == [(1, 1), (2, 1)]
    assert first.cursor == taped_of(breaker) == 2
    clock.advance(1)
    _call(breaker, failures=1)
    second = sample(breaker, first.cursor)
    assert second.tape == [(4, 6_000_000_000, 1)]
    assert (second.at, second.lost) == (6_000_000_000, 0)
    assert sample(breaker, second.cursor).tape == []


def test_what_the_tape_could_not_hold_is_counted() -> None:
    breaker = CircuitBreaker(10_000)
    _call(breaker, failures=600)
    seen = sample(breaker)
    assert len(seen.tape) + seen.lost == 600


def test_the_histogram_is_there_when_durations_are_measured() -> None:
    breaker = CircuitBreaker()
    assert sample(breaker).hist is None
    timed = CircuitBreaker(config=BreakerConfig(slow_call_duration=1.0))
    _call(timed, successes=3)
    hist = sample(timed).hist
    assert hist is not None
    assert sum(hist) == 3


def test_sampling_changes_nothing() -> None:
    clock = FakeClock()
    breaker = CircuitBreaker(1, 10, clock=clock)
    _call(breaker, failures=1)
    clock.advance(20)
    before = breaker.snapshot()
    sample(breaker)
    counts_of(breaker)
    assert breaker.snapshot() == before


@pytest.mark.parametrize("reason", [RetryReason.TIMEOUT, RetryReason.NETWORK_ERROR])
def test_an_operation_is_read_like_its_snapshot(reason: RetryReason) -> None:
    operation = Operation("fetch", config=RetryConfig())
    operation.firsts, operation.troubled, operation.recovered, operation.inner = 7, 2, 1, 3
    operation.count_failure(reason)
    operation.count_failure(reason)
    operation.delay_seconds = 1.5
    counts, delay, by_reason = operation_counts_of(operation)
    named, seen = dict(zip(OPERATION_COUNTERS, counts, strict=True)), operation.snapshot()
    assert named.pop("calls") == 9
    assert named.pop("inner") == 3
    assert named == {name: getattr(seen, name) for name in named}
    assert (delay, by_reason) == (1.5, {reason.value: 2})
    assert operation in registry.operations()


def test_the_codes_own_configuration_can_be_told_from_the_override() -> None:
    breaker = CircuitBreaker(7, name="sampling.override")
    registry.override("breaker", "sampling.override", {"failure_threshold": 2}, 3)
    config, source, revision = code_config_of(breaker)
    assert (config.failure_threshold, source, revision) == (7, "code", 3)
    assert breaker.config.failure_threshold == 2
