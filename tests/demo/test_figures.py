"""Rates, shares and the time saved, from the difference of real snapshots."""

from __future__ import annotations

import pytest

from recovery.demo.figures import Watch
from recovery.demo.summary import summary
from recovery.engine import BreakerState, CircuitBreaker
from recovery.testing import FakeClock
from tests.demo.scene import BLACK, call, closed, fails

pytestmark = pytest.mark.usefixtures("measured")


def test_rates_are_differences_over_time() -> None:
    breaker = closed()
    watch = Watch(breaker, cell=0.5, at=10.0)
    call(breaker, 6)
    call(breaker, 2, fails)
    watch.look(12.0)
    assert watch.figures.calls_per_second == 4
    assert watch.figures.failed_percent == 25
    assert watch.figures.refused_per_second == 0


def test_a_rate_forgets_what_is_long_ago() -> None:
    breaker = closed()
    watch = Watch(breaker, cell=0.5, at=0.0)
    call(breaker, 100)
    for tenth in range(1, 41):
        watch.look(tenth / 10)
    assert watch.figures.calls_per_second == 0
    assert watch.figures.failed_percent is None
    assert watch.figures.p95 is None


def test_of_nothing_nothing_is_said() -> None:
    watch = Watch(closed(), cell=0.5, at=0.0)
    assert set(vars(watch.figures).values()) == {None}
    watch.look(0.0)
    assert watch.figures.calls_per_second is None


def test_refused_calls_are_no_admitted_ones() -> None:
    breaker = closed()
    watch = Watch(breaker, cell=0.5, at=0.0)
    call(breaker, 3, fails)
    watch.look(1.0)
    call(breaker, 5)
    watch.look(1.5)
    assert watch.figures.failed_percent == 100
    assert watch.figures.refused_per_second == pytest.approx(5 / 1.5)


def test_a_transition_is_told_once_and_remembered() -> None:
    breaker = closed()
    watch = Watch(breaker, cell=0.5, at=0.0)
    call(breaker, 3, fails)
    assert [made.after for made in watch.look(0.5)] == [BreakerState.OPEN]
    breaker.probe()
    call(breaker, 1, fails)
    assert [made.after for made in watch.look(1.0)] == [BreakerState.HALF_OPEN, BreakerState.OPEN]
    breaker.probe()
    call(breaker, 1)
    assert [made.after for made in watch.look(1.5)] == [BreakerState.HALF_OPEN, BreakerState.CLOSED]
    assert watch.look(2.0) == []
    assert (watch.story.opened, watch.story.failed_probes, watch.story.closed) == (1, 1, 1)


def test_a_refused_call_saves_what_the_last_ones_took() -> None:
    clock = FakeClock()
    breaker = CircuitBreaker(2, name="slow", clock=clock)

    def slow_failure() -> None:
        clock.advance(0.25)
        raise TimeoutError

    watch = Watch(breaker, cell=0.5, at=0.0)
    call(breaker, 2, slow_failure)
    watch.look(0.5)
    assert watch.story.seconds_saved == 0
    call(breaker, 8)
    watch.look(1.0)
    # The histogram's bounds are a factor 2 apart.
    assert watch.story.seconds_saved == pytest.approx(8 * 0.25, rel=0.5)
    text = "\n".join(BLACK.paint(line) for line in summary([watch], 1.0))
    assert "opened once · 0 failed probes · closed never" in text
    assert "10 calls: 2 let in (2 failed), 8 refused" in text
    assert "8 calls refused at once: about " in text


def test_without_a_measurement_no_time_is_made_up() -> None:
    breaker = closed()
    breaker.trip()
    watch = Watch(breaker, cell=0.5, at=0.0)
    call(breaker, 5)
    watch.look(1.0)
    assert watch.story.seconds_saved == 0
    assert watch.figures.refused_per_second == 5
    assert "saved" not in BLACK.paint(summary([watch], 1.0)[3])


def test_bars_are_kept_for_a_while_only_even_after_a_long_sleep() -> None:
    breaker = closed()
    watch = Watch(breaker, cell=0.5, at=0.0)
    call(breaker, 3)
    watch.look(0.2)
    watch.look(10_000.0)
    assert len(watch.cells) == 120
    assert all(cell.calls == 0 for cell in watch.cells)
    call(breaker, 2)
    watch.look(10_000.1)
    assert watch.cells[-1].calls == 2
