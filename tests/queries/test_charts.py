"""Charts are pure: numbers in, path data and words out."""

from __future__ import annotations

import pytest

from recovery.charts.bars import HEIGHT, bars, tallest
from recovery.charts.calls import Point, calls_chart
from recovery.charts.histogram import merged, percentile
from recovery.charts.machine import machine, seconds
from recovery.charts.ribbon import ribbon
from recovery.charts.scale import ceiling


def test_nothing_called_draws_nothing() -> None:
    assert bars({}, 20).calls == bars({0: (0, 0, 0)}, 20).calls == ""


def test_bars_stand_where_calls_were() -> None:
    drawn = bars({2: (0, 0, 50), 1: (100, 10, 0)}, 20)
    assert drawn.calls.count("M") == 2
    assert drawn.failures.startswith("M4 28V")
    assert drawn.refused.startswith("M7 28V")
    assert drawn.words == "150 calls, 10 failed, 50 refused; at most 5 a second"


def test_a_single_failure_among_thousands_is_seen() -> None:
    assert bars({0: (10_000, 1, 0)}, 20).failures


@pytest.mark.parametrize("rate", [0.01, 1, 50, 1e6])
def test_bars_never_leave_their_box(rate: float) -> None:
    assert 0 < tallest(rate) <= HEIGHT


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (0.3, 0.3), (1, 1), (1.2, 1.5), (2.1, 2.5), (41.2, 50), (1001, 1500)]
)
def test_scales_end_at_round_numbers(value: float, top: float) -> None:
    assert ceiling(value) == pytest.approx(top)


def test_percentiles_come_from_merged_histograms() -> None:
    histogram = merged([{"20": 90}, {"30": 10}])
    assert percentile(histogram, 0.5) < 2**20 / 1e9
    assert 2**29 / 1e9 < percentile(histogram, 0.95) <= 2**30 / 1e9
    assert percentile({}, 0.95) is None


def test_a_chart_tells_zero_from_nobody_there() -> None:
    chart = calls_chart([Point(0, linked=True), Point(10, linked=False)], 10)
    assert chart.calls == ""
    assert chart.missing.count("M") == 1


def test_the_line_of_p95_breaks_where_nothing_was_measured() -> None:
    points = [Point(at, linked=True, admitted=1, p95=p95) for at, p95 in ((0, 0.1), (10, 0.2), (20, None), (30, 0.1))]
    assert len(calls_chart(points, 10).p95) == 2


def test_the_ribbon_runs_equal_states_together_and_hangs_bad_ones_lower() -> None:
    found = ribbon(["closed", "closed", "open", "none"], 1000)
    assert [(stretch.state, stretch.width) for stretch in found] == [("closed", 500), ("open", 250), ("none", 250)]
    assert found[1].y > found[0].y


def test_the_machine_writes_its_thresholds_on_the_arrows() -> None:
    config = {
        "failure_threshold": 5,
        "failure_rate": 50.0,
        "window": "time",
        "window_size": 60,
        "recovery_timeout": 120.0,
        "half_open_successes": 3,
    }
    drawn = machine(config, "open", "closed")
    assert drawn.opens == ("5 failures in a row", "50 % of 60 s failed")
    assert (drawn.probes, drawn.closes, drawn.hot) == ("after 2 min", "3 probes ok", "opens")


def test_a_machine_of_an_unknown_config_still_draws() -> None:
    assert machine({}, "stale").opens == ("nothing",)


@pytest.mark.parametrize(("value", "word"), [(0.5, "0.5 s"), (60, "60 s"), (120, "2 min"), (7200, "2 h")])
def test_lengths(value: float, word: str) -> None:
    assert seconds(value) == word
