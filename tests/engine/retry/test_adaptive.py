"""AdaptiveStrategy: a multiplier that is a pure function of the window."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.engine.adaptive import SampleWindow, multiplier
from recovery.engine.retry import AdaptiveStrategy, RetryBudget, retry
from recovery.engine.types import RetryConfig, RetryReason
from recovery.testing import FakeClock
from tests.engine.retry.helpers import failing

CONFIG = RetryConfig(max_attempts=3, base_delay=1.0, jitter=False)


def made(clock: FakeClock | None = None, **keywords: Any) -> AdaptiveStrategy:
    clock = clock or FakeClock()
    return AdaptiveStrategy(CONFIG, clock=clock, budget=RetryBudget(clock=clock), **keywords)


def test_the_formula_at_its_corners() -> None:
    assert multiplier(0, 10, 0.7) == 8.0
    assert multiplier(7, 10, 0.7) == 1.0
    assert multiplier(10, 10, 0.7) == 0.5
    assert multiplier(0, 9, 0.7) == 1.0
    assert multiplier(10, 10, 1.0) == 1.0


@given(st.integers(10, 500), st.data(), st.floats(min_value=0.01, max_value=1))
def test_it_lies_between_a_half_and_eight(samples: int, data: st.DataObject, threshold: float) -> None:
    successes = data.draw(st.integers(0, samples))
    assert 0.5 <= multiplier(successes, samples, threshold) <= 8.0


@given(st.lists(st.booleans(), max_size=120), st.integers(1, 40))
def test_it_is_a_pure_function_of_the_window(outcomes: list[bool], size: int) -> None:
    strategy = made(window_size=size)
    for outcome in outcomes:
        strategy.record_attempt(outcome)
    window = outcomes[-size:]
    assert strategy.multiplier == strategy.multiplier == multiplier(sum(window), len(window), 0.7)


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 200)), max_size=60), st.integers(1, 30))
def test_samples_older_than_ten_minutes_do_not_count(steps: list[tuple[bool, float]], size: int) -> None:
    clock = FakeClock()
    window = SampleWindow(size, clock)
    kept: list[tuple[float, bool]] = []
    for good, wait in steps:
        clock.advance(wait)
        window.add(good)
        kept = [*kept, (clock.monotonic(), good)][-size:]
        young = [each for at, each in kept if clock.monotonic() - at <= 600.0]
        assert window.read() == (sum(young), len(young))


async def test_the_wait_follows_the_multiplier() -> None:
    strategy = made()
    for _ in range(10):
        strategy.record_attempt(False, RetryReason.TIMEOUT)
    assert await strategy.get_delay(1, RetryReason.TIMEOUT) == 16.0
    for _ in range(50):
        strategy.record_attempt(True)
    assert await strategy.get_delay(1, RetryReason.TIMEOUT) == 1.0


def test_the_executor_tells_it_of_every_attempt() -> None:
    strategy = made()
    retry(strategy=strategy)(failing(2).function())()
    retry(strategy=strategy)(lambda: 1)()
    assert (strategy.total_attempts, strategy.successful_attempts, strategy.failed_attempts) == (4, 2, 2)


def test_by_name_it_listens_too() -> None:
    works = retry(strategy="adaptive")(lambda: 1)
    works()
    assert works.retrier.strategy.successful_attempts == 1


def test_a_hundred_thousand_samples_fit_into_a_mebibyte() -> None:
    window = SampleWindow(100_000, FakeClock())
    for _ in range(1000):
        window.add(True)
    assert sys.getsizeof(window._times) + sys.getsizeof(window._good) < 2**20


@pytest.mark.parametrize(
    "bad",
    [
        {"window_size": 0},
        {"window_size": 1.5},
        {"success_threshold": 0},
        {"success_threshold": 1.1},
        {"window_size": True},
    ],
)
def test_bad_numbers_are_refused_by_name(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        AdaptiveStrategy(CONFIG, **bad)
