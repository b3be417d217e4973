"""The benchmark's own arithmetic, on made-up contenders; and one real case, for a moment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.__main__ import CASES
from tests.bench.measure import Settings, measure
from tests.bench.model import Case, Contender, Goal, Missing, Result, Role, Sampler, Timing

ROOT = Path(__file__).parents[2]
SHORT = Settings(rounds=4, scale=0.01)


def _taking(nanoseconds: float) -> Sampler:
    return lambda calls: int(calls * nanoseconds)


def _case(goal: Goal, contenders: Sequence[Contender]) -> Case:
    return Case("made-up", "made up", "sync", goal, lambda: contenders, net_of_loop=False)


def _contender(name: str, role: Role, nanoseconds: float) -> Contender:
    return Contender(name, role, lambda: _taking(nanoseconds))


def _result(goal: Goal, ours: float, peer: float) -> Result:
    return measure(_case(goal, [_contender("recovery", "ours", ours), _contender("peer", "peer", peer)]), SHORT)


@pytest.mark.parametrize(("ours", "verdict"), [(50, "reached"), (51, "**missed**")])
def test_a_time_goal_is_an_upper_bound(ours: float, verdict: str) -> None:
    assert verdict == _result(Goal(0.5), ours, 100).verdict


@pytest.mark.parametrize(("ours", "verdict"), [(50, "reached"), (51, "**missed**")])
def test_a_throughput_goal_is_a_lower_bound(ours: float, verdict: str) -> None:
    assert verdict == _result(Goal(2.0, unit="throughput"), ours, 100).verdict


def test_the_rival_is_the_fastest_peer() -> None:
    contenders = [
        _contender("recovery", "ours", 10),
        _contender("slow", "peer", 40),
        _contender("fast", "peer", 20),
        _contender("bare", "bare", 1),
    ]
    result = measure(_case(Goal(0.5), contenders), SHORT)
    assert result.rival is not None
    assert (result.rival.name, result.ratio) == ("fast", 0.5)


def test_a_missing_peer_is_a_row_and_not_a_failure() -> None:
    def broken() -> Sampler:
        raise Missing("does not open")

    contenders = [_contender("recovery", "ours", 10), Contender("gone", "peer", broken)]
    result = measure(_case(Goal(0.5), contenders), SHORT)
    assert result.verdict == "rival is missing"
    assert ["gone", "missing", "", "does not open"] in report.details(result)


def test_the_median_of_an_even_number_of_rounds_is_between_the_middle_two() -> None:
    assert Timing("any", "peer", [4.0, 1.0, 2.0, 3.0]).median == 2.5


def test_the_page_has_every_case_once_in_each_table() -> None:
    results = [_result(Goal(0.5), 10, 100)]
    page = report.page(results, SHORT)
    assert page.count("| made up | sync | 10 ns | peer | 100 ns | 0.10 | ≤ 0.50 | reached |") == 1
    assert page.count("### made up (sync)") == 1


def test_no_two_cases_are_the_same_row() -> None:
    rows = [(case.key, case.mode) for case in CASES]
    assert len(set(rows)) == len(rows)


def test_a_quick_run_prints_a_table() -> None:
    # In a process of its own: it freezes the garbage collector and runs an event loop.
    command = [sys.executable, "-m", "tests.bench", "--quick", "--only", "closed"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("closed, counting only") == 2
