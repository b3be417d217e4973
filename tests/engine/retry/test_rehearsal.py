"""A rehearsal says what the retry then does, with nothing called, waited for or counted."""

from __future__ import annotations

import logging
from contextlib import suppress
from itertools import pairwise

import pytest

from recovery.engine import retry
from recovery.engine.registry import operations
from recovery.engine.rehearsal import MOST, rehearse
from recovery.engine.types import RetryConfig, RetryReason
from recovery.testing import FakeClock

CONFIGS = [
    RetryConfig(max_attempts=5, base_delay=2.0, max_delay=10.0),
    RetryConfig(max_attempts=6, base_delay=1.0, jitter="full"),
    RetryConfig(max_attempts=6, base_delay=1.0, max_delay=20.0, jitter="decorrelated"),
    RetryConfig(max_attempts=4, base_delay=0.5, jitter=False, reason_factors={RetryReason.TIMEOUT: 3.0}),
    RetryConfig(max_attempts=9, reason_limits={RetryReason.TIMEOUT: 2}),
    RetryConfig(max_attempts=1),
]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
@pytest.mark.parametrize("strategy", ["exponential", "fixed", "immediate"])
def test_a_real_call_stays_within_the_band(config: RetryConfig, strategy: str) -> None:
    said = rehearse(config, RetryReason.TIMEOUT, strategy)
    for _ in range(20):
        clock, times = FakeClock(), list[float]()

        @retry(strategy=strategy, config=config, clock=clock, reporter=None)
        def work(clock: FakeClock = clock, times: list[float] = times) -> None:
            times.append(clock.monotonic())
            raise TimeoutError("no answer")

        with suppress(TimeoutError):
            work()
        waits = [after - before for before, after in pairwise(times)]
        assert len(waits) == len(said.low.waits) == len(said.high.waits)
        for low, real, high in zip(said.low.waits, waits, said.high.waits, strict=True):
            assert low - 1e-9 <= real <= high + 1e-9


def test_a_deadline_ends_the_longer_course_earlier() -> None:
    said = rehearse(RetryConfig(max_attempts=5, base_delay=2.0, jitter="full", max_elapsed=7.0))
    assert (len(said.low.waits), len(said.middle.waits), len(said.high.waits)) == (4, 3, 2)
    assert "max_elapsed" in said.high.why
    assert said.low.why == "5 of 5 attempts made"


def test_what_is_never_retried_says_so() -> None:
    said = rehearse(RetryConfig(), RetryReason.NOT_FOUND)
    assert (said.middle.waits, said.middle.why) == ((), "not_found is not retried")


def test_a_million_attempts_are_cut() -> None:
    said = rehearse(RetryConfig(max_attempts=10**6, base_delay=0.0))
    assert said.high.cut
    assert len(said.high.waits) == MOST - 1


def test_nobody_hears_of_it(caplog: pytest.LogCaptureFixture) -> None:
    before = len(operations())
    with caplog.at_level(logging.DEBUG, logger="recovery"):
        rehearse(RetryConfig())
    assert not caplog.records
    assert len(operations()) == before


def test_an_unknown_strategy_is_refused() -> None:
    with pytest.raises(ValueError, match="exponential, fixed, immediate"):
        rehearse(RetryConfig(), strategy="hope")
