"""The console bench's own arithmetic, on made-up figures; and two measures for real, for a moment."""

from __future__ import annotations

import math
import os

import pytest

from tests.bench.console import case_command, case_ingest, case_scale, case_sight, tables
from tests.bench.console.__main__ import MEASURES, main
from tests.bench.console.model import Floor, Goal, Number, Size, Store
from tests.bench.console.resources import cpu, quantile, rss

TINY = Size(processes=3, breakers=5, seconds=2.0, known=100, gone=30, browsers=2, few=2, repeats=2)
STORE = Store("SQLite")


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (Goal(150, "ms"), 150, "reached"),
        (Goal(150, "ms"), 151, "**missed**"),
        (Goal(970, "/s", "at least"), 970, "reached"),
        (Goal(970, "/s", "at least"), 969, "**missed**"),
        (None, 1, ""),
    ],
)
def test_a_goal_has_a_side(goal: Goal | None, value: float, verdict: str) -> None:
    assert Number("any", "what", value, "", goal).verdict == verdict


def test_what_was_not_measured_misses_its_goal() -> None:
    assert math.isnan(quantile([], 0.99))
    assert Number("any", "what", quantile([], 0.99), "ms", Goal(1)).verdict == "**missed**"


def test_quantiles() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (quantile(values, 0.5), quantile(values, 0.95), quantile(values, 0.99)) == (50, 95, 99)
    assert quantile([7.0], 0.99) == 7.0


def test_a_ratio_is_to_the_floor_beside_it() -> None:
    assert Number("any", "what", 30, "ms", None, Floor("bare", 10)).ratio == 3.0
    assert Number("any", "what", 30, "ms").ratio is None


def test_the_page_has_a_table_for_each_store_and_names_no_host() -> None:
    numbers = [Number("sight", "seen", 120.0, "ms", Goal(400, "ms"), Floor("bare", 60.0), "one browser")]
    page = tables.page({"SQLite": numbers, "PostgreSQL": numbers}, Size())
    assert page.count("| sight | seen (one browser) | ≤ 400 ms | 120 ms | bare | 60 ms | 2.00 | reached |") == 2
    assert "### On SQLite" in page
    assert "### On PostgreSQL" in page
    assert os.uname().nodename not in page


def test_a_change_that_nobody_saw_counts_as_very_late() -> None:
    changed = [["a", "OPEN", 10.0], ["b", "OPEN", 10.0]]
    seen = [["row:1", "OPEN", [10.2, 10.3]]]
    rows = {"a": "row:1", "b": "row:2"}
    late = case_sight.SHOWN_WITHIN * 1000
    assert case_sight._delays(changed, seen, rows, 2) == pytest.approx([200, 300, late, late])


def test_a_change_that_was_overtaken_at_once_is_left_out() -> None:
    changed = [["a", "OPEN", 10.0], ["a", "HALF-OPEN", 10.1]]
    seen = [["row:1", "HALF-OPEN", [10.3]]]
    assert case_sight._delays(changed, seen, {"a": "row:1"}, 1) == pytest.approx([200])


def test_a_process_that_did_not_apply_a_click_counts_with_all_the_time_it_had() -> None:
    assert case_command._delays([1.0], [1.1], 2) == pytest.approx([100, 2000 * case_command.APART])


def test_a_process_has_memory_and_time() -> None:
    assert rss(os.getpid()) > 5
    assert cpu(os.getpid()) > 0


def test_every_number_to_reach_has_a_measure() -> None:
    assert set(MEASURES) == {"client", "ingest", "command", "sight", "scale"}


def test_only_a_full_run_writes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(MEASURES, "client", lambda _size, _store: [Number("client", "made up", 1.0, "ms")])
    monkeypatch.setattr("tests.bench.parts.put", lambda *_: pytest.fail("it wrote"))
    assert main(["--only", "client"]) == 0
    assert "made up" in capsys.readouterr().out


def test_one_measure_that_fails_takes_no_other_along(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(_size: Size, _store: Store) -> list[Number]:
        raise RuntimeError("no such luck")

    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)
    monkeypatch.setattr("tests.bench.parts.put", lambda *_: pytest.fail("it wrote"))
    for name in MEASURES:
        monkeypatch.setitem(MEASURES, name, lambda _size, _store: [Number("any", "made up", 1.0, "ms")])
    monkeypatch.setitem(MEASURES, "ingest", fails)
    assert main([]) == 1
    said = capsys.readouterr()
    assert "no such luck" in said.err
    assert said.out.count("made up") == len(MEASURES) - 1


@pytest.mark.slow
def test_ingest_is_measured_on_the_product_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_ingest, "WARM", 0.5)
    monkeypatch.setattr(case_ingest, "FLOODS", 1.0)
    found = {number.what: number for number in case_ingest.measure(TINY, STORE)}
    assert found["error reports kept"].value > 0
    assert found["acknowledged, p99"].value > 0
    assert found["board's first byte meanwhile, p99"].value > 0


@pytest.mark.slow
def test_pages_of_a_large_house_are_measured_by_name() -> None:
    found = {number.what for number in case_scale._pages(TINY, STORE)}
    for name in ("board", "breaker", "errors", "error", "services", "service", "health"):
        assert f"first byte of {name}, median" in found
