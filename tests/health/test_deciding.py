"""When a check runs, and what its results mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recovery.health import Standing, after, enough, next_run
from recovery.health.standing import counted_from

DAY = datetime(2026, 1, 1, tzinfo=UTC)
S = timedelta(seconds=1)


@given(st.text(max_size=20), st.integers(1, 86_400), st.integers(0, 10**6))
def test_the_next_run_is_on_the_grid_and_within_one_interval(key: str, interval: int, seconds: int) -> None:
    now = DAY + seconds * S
    first = next_run(key, interval, now)
    second = next_run(key, interval, first)
    assert timedelta(0) < first - now <= interval * S
    assert second - first == interval * S


def test_many_checks_are_spread() -> None:
    seconds = [(next_run(f"check:{n}", 60, DAY) - DAY).total_seconds() for n in range(600)]
    counts = [sum(low <= second < low + 10 for second in seconds) for low in range(0, 60, 10)]
    assert min(counts) > 60


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_a_streak_counts_equal_results(results: list[bool]) -> None:
    standing = Standing()
    for number, healthy in enumerate(results):
        standing = after(standing, healthy, DAY + number * S)
    same = 0
    while same < len(results) and results[-1 - same] is results[-1]:
        same += 1
    assert standing == Standing(results[-1], same, DAY + (len(results) - same) * S)


def test_results_count_since_the_breaker_opened_and_since_recovery_acted() -> None:
    assert counted_from(None, None) is None
    assert counted_from(DAY, None) == DAY
    assert counted_from(DAY, DAY + S) == DAY + S
    assert counted_from(DAY + S, DAY) == DAY + S


def test_enough_is_n_in_a_row() -> None:
    assert [enough(n, 3) for n in range(5)] == [False, False, False, True, True]
    assert not enough(0, 0)
