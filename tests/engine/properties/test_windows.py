"""Both windows against brute force: a list of every call."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recovery.engine import BreakerConfig, CircuitBreaker
from recovery.engine.window import SLICES, CountWindow, TimeWindow
from tests.engine.properties.clock import SECOND, NanoClock

CALLS = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)


def _counted(calls: list[tuple[bool, bool]]) -> tuple[int, int, int]:
    return len(calls), sum(failed for failed, _ in calls), sum(slow for _, slow in calls)


@given(size=st.integers(1, 20), before=st.integers(0, 5), calls=CALLS)
def test_a_count_window_counts_the_last_calls(size: int, before: int, calls: list[tuple[bool, bool]]) -> None:
    """After every call the figures are those of the last ``size`` calls, exactly."""
    window = CountWindow(size, before)
    for total, (failed, slow) in enumerate(calls, 1):
        if failed or slow:
            window.add(before + total, 0, failed, slow)
        assert window.figures(before + total, 0) == _counted(calls[:total][-size:])


@given(size=st.integers(1, 20), failed=st.lists(st.booleans(), max_size=60), data=st.data())
def test_failures_may_arrive_in_any_order_and_twice(size: int, failed: list[bool], data: st.DataObject) -> None:
    """Threads bring the numbers of their failures as they come; the figures are the same."""
    numbers = [number for number, one in enumerate(failed, 1) if one]
    twice = data.draw(st.lists(st.sampled_from(numbers), max_size=5)) if numbers else []
    window = CountWindow(size)
    for number in data.draw(st.permutations(numbers + twice)):
        window.add(number, 0, True, False)
    assert window.figures(len(failed), 0) == (min(size, len(failed)), sum(failed[-size:]), 0)


@given(
    seconds=st.integers(1, 10),
    calls=st.lists(st.tuples(st.integers(0, 3 * SECOND), st.booleans(), st.booleans()), max_size=60),
    idle=st.integers(0, 30 * SECOND),
)
def test_a_time_window_is_exact_to_one_slice(seconds: int, calls: list[tuple[int, bool, bool]], idle: int) -> None:
    """Every call younger than 99 hundredths of the window counts, none as old as the window does, at any time."""
    at, length = 5 * SECOND, seconds * SECOND
    window = TimeWindow(seconds, at, 0)
    made: list[tuple[int, bool, bool]] = []
    for gap, failed, slow in calls:
        at += gap
        window.rotate(len(made), at)
        made.append((at, failed, slow))
        if failed or slow:
            window.add(len(made), at, failed, slow)
        _is_within_a_slice(window, made, at, length)
    _is_within_a_slice(window, made, at + idle, length)
    _is_within_a_slice(window, made, at + length, length)
    assert window.figures(len(made), at + length) == (0, 0, 0)


def _is_within_a_slice(window: TimeWindow, made: list[Any], now: int, length: int) -> None:
    young = [i for i, (at, _, _) in enumerate(made) if now - at < length]
    surely = [i for i, (at, _, _) in enumerate(made) if now - at <= length - length // SLICES]
    possible = [
        _counted([(failed, slow) for _, failed, slow in made[start:]])
        for start in range(min(young, default=len(made)), min(surely, default=len(made)) + 1)
    ]
    figures = window.figures(len(made), now)
    assert figures in possible
    assert window.figures(len(made), now) == figures


@given(
    runs=st.lists(st.tuples(st.booleans(), st.integers(1, 400)), max_size=12),
    size=st.sampled_from([1, 100, 512, 513, 900]),
)
def test_the_window_of_a_breaker_is_exact_however_it_counts(runs: list[tuple[bool, int]], size: int) -> None:
    """Whether failures go into the window at once or are read off the tape, and however large it is."""
    plain = CircuitBreaker(config=BreakerConfig(failure_threshold=None, window_size=size))
    rated = CircuitBreaker(
        config=BreakerConfig(failure_threshold=None, window_size=size, minimum_calls=size, failure_rate=100.0)
    )
    rated.observe()  # never rejects
    for breaker in (plain, rated):
        calls: list[bool] = []

        @breaker
        def protected(failing: bool) -> None:
            if failing:
                raise ValueError

        for failing, count in runs:
            for _ in range(count):
                calls.append(failing)
                with suppress(ValueError):
                    protected(failing)
        window = breaker.snapshot().window
        assert (window["calls"], window["failures"]) == (min(size, len(calls)), sum(calls[-size:]))


@given(
    calls=st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 1.0, 2.0])), max_size=80),
    pauses=st.sets(st.integers(0, 80), max_size=4),
)
def test_numbers_and_totals_of_the_tape_rebuild_the_order_of_outcomes(
    calls: list[tuple[bool, float]], pauses: set[int]
) -> None:
    """Whoever takes the tape now and then, with its cursor, knows of every call what came of it, in order."""
    clock = NanoClock()
    breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=3, slow_call_duration=1.5), clock=clock)
    breaker.observe()
    rebuilt: list[tuple[bool, bool]] = []
    cursor = 0

    def take() -> None:
        nonlocal cursor
        entries, cursor, lost = breaker.tape_after(cursor)
        assert lost == 0
        totals = breaker.snapshot().totals
        rebuilt.extend([(False, False)] * (totals["successes"] + totals["failures"] - len(rebuilt)))
        for number, at, what in entries:
            rebuilt[number - 1] = bool(what & 1), bool(what & 2)
            assert at <= clock.at

    for index, (failing, seconds) in enumerate(calls):
        if index in pauses:
            take()
        permit = breaker.acquire()
        clock.advance(seconds)
        if failing:
            permit.failure(ValueError())
        else:
            permit.success()
    take()
    assert rebuilt == [(failing, seconds >= 1.5) for failing, seconds in calls]


@given(count=st.integers(0, 1200), taken=st.integers(0, 1200))
def test_a_late_reader_of_the_tape_knows_how_much_it_missed(count: int, taken: int) -> None:
    """The tape is bounded; what fell off it is counted."""
    breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=None))
    cursor = 0
    for index in range(count):
        if index == taken:
            cursor = breaker.tape_after()[1]
        breaker.acquire().failure()
    entries, after, lost = breaker.tape_after(cursor)
    assert after == count
    assert len(entries) + lost == count - cursor
    assert len(entries) == min(512, count - cursor)
    assert [number for number, _, _ in entries] == list(range(count - len(entries) + 1, count + 1))
