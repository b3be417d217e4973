"""Verdicts: what is worse, what is not, when there is too little, and how often they err."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from recovery.guardrail import NO_WORSE, WAITS, WORSE, Limits, Side, judge

LIMITS = Limits()
FAST, SLOW = {24: 900, 25: 100}, {24: 500, 26: 500}


def side(failures: int = 10, admitted: int = 1000, **more: Any) -> Side:
    return Side(**({"processes": 2, "admitted": admitted, "failures": failures, "seconds": 1200.0} | more))


def test_more_failures_are_worse_and_the_figures_are_said() -> None:
    found = judge(side(100), side(10), LIMITS)
    assert found.word == WORSE
    assert found.words == "10 % of calls fail instead of 1 % (p < 0.0001)"
    [failed] = found.findings
    assert (failed.measure, failed.new, failed.old, failed.worse) == ("failed", 10.0, 1.0, True)
    assert failed.p < found.level == LIMITS.alpha / 2


@pytest.mark.parametrize(("new", "old"), [(10, 10), (12, 10), (0, 100), (10, 100)])
def test_as_many_or_fewer_are_not(new: int, old: int) -> None:
    assert judge(side(new), side(old), LIMITS).word == NO_WORSE


def test_a_difference_that_does_not_matter_is_let_pass_however_sure() -> None:
    new, old = side(1_800, 200_000), side(1_000, 200_000)
    assert judge(new, old, LIMITS).word == NO_WORSE
    assert judge(new, old, replace(LIMITS, margin=0.1)).word == WORSE


def test_too_little_traffic_says_how_much_there_is() -> None:
    found = judge(side(5, 31), side(5, 512), LIMITS, time_over=True)
    assert (found.word, found.words) == (WAITS, "needs 200 calls on both sides, has 31 and 512")
    assert found.findings[0].p is None
    assert judge(side(processes=0), side(), LIMITS).words == "nothing is measured yet of a process on the new policy"
    assert "there to compare with" in judge(side(), side(processes=0), LIMITS).words


def test_refused_calls_are_calls() -> None:
    found = judge(side(0, 5, refused=500, openings=9), side(openings=0), LIMITS)
    assert (found.word, found.words[:33]) == (WORSE, "a process opens 27 times an hour ")


def test_openings_are_compared_by_the_time_that_was_watched() -> None:
    assert judge(side(openings=6), side(openings=6, seconds=12_000.0), LIMITS).word == WORSE
    assert judge(side(openings=6), side(openings=60, seconds=12_000.0), LIMITS).word == NO_WORSE


def test_a_slower_tail_is_worse() -> None:
    found = judge(side(hist=SLOW), side(hist=FAST), LIMITS)
    assert (found.word, found.words[:3]) == (WORSE, "p95")
    assert judge(side(hist=FAST), side(hist=FAST), LIMITS).word == NO_WORSE
    assert judge(side(hist=SLOW), side(hist=FAST), replace(LIMITS, slower=10.0)).word == NO_WORSE


def test_it_is_tested_when_the_calls_have_doubled_and_at_the_end() -> None:
    first = judge(side(2, 200), side(2, 250), LIMITS)
    assert (first.looks, first.looked_at) == (1, 200)
    told: Any = {"looks": first.looks, "looked_at": first.looked_at}
    between = judge(side(300, 399), side(3, 500), LIMITS, **told)
    assert (between.word, between.looks, between.findings[0].p) == (NO_WORSE, 1, None)
    assert between.words == "last tested at 200 calls, the next test is at 400 on both sides"
    assert judge(side(300, 399), side(3, 500), LIMITS, **told, time_over=True).word == WORSE
    second = judge(side(300, 400), side(3, 500), LIMITS, **told)
    assert (second.word, second.looks, second.level) == (WORSE, 2, LIMITS.alpha / 4)


def _goes_back(chance: random.Random, limits: Limits, rate: float, worse: float = 0.0) -> bool:
    """A stage of 30 judgements, its calls coming in tens to twenties on one process against five."""
    new, old = side(0, 0), side(0, 0)
    looks = looked_at = 0
    for turn in range(30):
        sides = []
        for each, calls, share in ((new, chance.randint(10, 60), rate + worse), (old, chance.randint(50, 300), rate)):
            failures = sum(chance.random() < share for _ in range(calls))
            sides.append(side(each.failures + failures, each.admitted + calls))
        new, old = sides
        found = judge(new, old, limits, looks=looks, looked_at=looked_at, time_over=turn == 29)
        looks, looked_at = found.looks, found.looked_at
        if found.word == WORSE:
            return True
    return False


@pytest.mark.parametrize("rate", [0.01, 0.2])
def test_it_errs_as_rarely_as_it_says(rate: float) -> None:
    """With nothing worse, and no margin to hide behind, a stage goes back in at most alpha of the cases."""
    chance, limits, runs = random.Random(7), Limits(least_calls=100, alpha=0.1, margin=0.0), 300
    wrong = sum(_goes_back(chance, limits, rate) for _ in range(runs))
    assert wrong <= runs * limits.alpha + 3 * (runs * limits.alpha * (1 - limits.alpha)) ** 0.5
    assert wrong > 0  # nor does it never speak


def test_it_finds_what_is_clearly_worse() -> None:
    chance, limits = random.Random(7), Limits(least_calls=100)
    assert sum(_goes_back(chance, limits, 0.02, 0.10) for _ in range(50)) >= 48
