"""Charts are pure: numbers in, path data and words out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from recovery.charts.bars import HEIGHT, bars, tallest
from recovery.charts.calls import Point, calls_chart
from recovery.charts.histogram import merged, percentile
from recovery.charts.machine import machine, seconds
from recovery.charts.marks import place
from recovery.charts.ribbon import overlaid, ribbon
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


@pytest.mark.parametrize("odd", ["auto", {"of": "calls"}, None])
def test_a_rate_that_is_no_number_is_left_out(odd: object) -> None:
    config = {"failure_threshold": 3, "failure_rate": odd, "slow_call_rate": odd}
    assert machine(config, "closed").opens == ("3 failures in a row",)


def test_a_machine_of_an_unknown_config_still_draws() -> None:
    assert machine({}, "stale").opens == ("nothing",)


@pytest.mark.parametrize(("value", "word"), [(0.5, "0.5 s"), (60, "60 s"), (120, "2 min"), (7200, "2 h")])
def test_lengths(value: float, word: str) -> None:
    assert seconds(value) == word


def test_what_goes_on_beside_the_arrows_is_noted() -> None:
    config = {
        "failure_rate": 50.0,
        "slow_call_rate": 30.0,
        "slow_call_duration": 2.0,
        "minimum_calls": 10,
        "recovery_growth": 2.0,
        "recovery_timeout_max": 3600.0,
        "recovery_jitter": 0.1,
        "half_open_permits": 3,
        "open_on_retry_after": True,
    }
    assert machine(config, "closed").notes == (
        "The wait grows 2 times with each opening in a row, up to 1 h.",
        "It is spread by 10 % to either side.",
        "No rate is judged on fewer than 10 calls.",
        "A call that takes 2 s or longer is slow.",
        "Up to 3 probes are out at once.",
        "A failure with Retry-After opens it for that long.",
    )
    assert machine({}, "closed").notes == ()


@dataclass(frozen=True)
class Done:
    """Something to be marked."""

    at: datetime
    until: datetime | None = None
    kind: str = "policy"
    word: str = "policy r7"
    actor: str = ""
    reason: str = ""


def at(seconds: float) -> datetime:
    """So many seconds after the chart begins."""
    return datetime.fromtimestamp(1000 + seconds, UTC)


def test_marks_stand_where_they_belong_and_words_have_room() -> None:
    placed = place([Done(at(10), at(40)), Done(at(50)), Done(at(52)), Done(at(98))], 1000, 1100)
    assert [(each.x, each.width, each.percent) for each in placed][:2] == [(100, 300, "10.00%"), (500, 0, "50.00%")]
    assert [(each.label, each.anchor) for each in placed] == [
        ("policy r7", "start"),
        ("", "start"),  # the next one is too near even for a number
        ("policy r7", "start"),
        ("policy r7", "end"),  # at the edge
    ]


def test_marks_from_before_and_after_stay_inside() -> None:
    (held,) = place([Done(at(-500), at(900))], 1000, 1100)
    assert (held.x, held.width) == (0, 1000)


def test_a_ribbon_over_time_shows_short_stays_and_adds_up() -> None:
    found = overlaid([(0, 1000, "closed")], [(500, 501, "open"), (900, 1000, "half-open")], 0, 1000)
    assert [part.state for part in found.stretches] == ["closed", "open", "closed", "half-open"]
    assert sum(part.width for part in found.stretches) == pytest.approx(1000)
    assert dict(found.lengths) == {"closed": 899, "half-open": 100, "open": 1}
    widths = {part.state: part.width for part in found.stretches}
    assert widths["open"] >= 4  # what is shorter than a column is seen as one


def test_a_span_that_goes_on_is_drawn_by_its_rate_so_far() -> None:
    points = [Point(0, linked=True, admitted=600), Point(60, linked=True, admitted=100, seconds=10)]
    chart = calls_chart(points, 60)
    assert chart.most_rate == 10
    heights = [part.split("v")[1].split("h")[0] for part in chart.calls.split("M")[1:]]
    assert heights[0] == heights[1]


def test_silences_are_drawn_each_in_its_own_way() -> None:
    kinds = ["", "none", "pending", "cut"]
    points = [Point(10 * index, linked=not silence, silence=silence) for index, silence in enumerate(kinds)]
    chart = calls_chart(points, 10)
    assert [part.count("M") for part in (chart.missing, chart.pending, chart.cut)] == [1, 1, 1]
    assert chart.silences == {"none", "pending", "cut"}
