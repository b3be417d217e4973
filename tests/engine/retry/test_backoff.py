"""Waits: jitter is applied, then capped; nothing overflows."""

from __future__ import annotations

from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.engine import backoff
from recovery.engine.types import RetryConfig, RetryReason

JITTERS = st.sampled_from([True, False, "full", "decorrelated"])
SECONDS = st.floats(min_value=0, max_value=1e6)


@st.composite
def configs(draw: st.DrawFn) -> RetryConfig:
    base = draw(SECONDS)
    return RetryConfig(
        base_delay=base,
        max_delay=base + draw(SECONDS),
        jitter=draw(JITTERS),
        exponential_base=draw(st.floats(min_value=1, max_value=1e6)),
        reason_factors={RetryReason.TIMEOUT: draw(st.floats(min_value=0, max_value=1e6))},
    )


@given(configs(), st.integers(min_value=0, max_value=10**400), st.sampled_from([*RetryReason, None]))
def test_a_wait_is_never_below_zero_nor_above_the_cap(
    config: RetryConfig, attempt: int, reason: RetryReason | None
) -> None:
    for delay in (backoff.exponential(attempt, reason, config), backoff.fixed(reason, config)):
        assert isfinite(delay)
        assert 0.0 <= delay <= config.max_delay


@pytest.mark.parametrize("jitter", [True, False])
def test_attempt_a_million_waits_the_cap(jitter: bool) -> None:
    assert backoff.exponential(10**6, None, RetryConfig(jitter=jitter)) == 300.0


@given(st.integers(min_value=0, max_value=7))
def test_ten_percent_to_either_side_by_default(attempt: int) -> None:
    delay = backoff.exponential(attempt, None, RetryConfig())
    assert 0.9 * 2**attempt <= delay <= 1.1 * 2**attempt


@given(st.integers(min_value=0, max_value=7))
def test_full_draws_from_zero_to_the_delay(attempt: int) -> None:
    assert 0.0 <= backoff.exponential(attempt, None, RetryConfig(jitter="full")) <= 2.0**attempt


@given(st.integers(min_value=0, max_value=50))
def test_decorrelated_draws_from_base_to_three_times_more_each_time(attempt: int) -> None:
    delay = backoff.exponential(attempt, None, RetryConfig(base_delay=0.5, jitter="decorrelated"))
    assert 0.5 <= delay <= min(300.0, 0.5 * 3.0 ** (attempt + 1))


@pytest.mark.parametrize(("jitter", "low", "high"), [(True, 0.9, 1.1), ("full", 0.0, 1.0), ("decorrelated", 1.0, 3.0)])
def test_the_whole_range_is_drawn_from(jitter: bool | str, low: float, high: float) -> None:
    drawn = [backoff.exponential(0, None, RetryConfig(jitter=jitter)) for _ in range(2000)]
    span = high - low
    assert min(drawn) < low + 0.05 * span
    assert max(drawn) > high - 0.05 * span


def test_no_base_no_wait() -> None:
    config = RetryConfig(base_delay=0.0, jitter="decorrelated")
    assert backoff.exponential(5, None, config) == 0.0


def test_a_base_of_one_never_grows() -> None:
    config = RetryConfig(exponential_base=1.0, jitter=False)
    assert backoff.exponential(10**400, None, config) == 1.0


@pytest.mark.parametrize(
    ("given_", "kept"), [(10**400, 5.0), (-(10**400), 0.0), (None, 0.0), ("2", 2.0), (float("inf"), 5.0), (True, 1.0)]
)
def test_what_is_clamped(given_: float, kept: float) -> None:
    assert backoff.clamped(given_, 5.0) == kept


def test_forked_children_draw_numbers_of_their_own() -> None:
    import os

    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, repr(backoff.draw()).encode())
        os._exit(0)
    os.wait()
    assert float(os.read(reader, 100)) != backoff.draw()
    os.close(reader)
    os.close(writer)
