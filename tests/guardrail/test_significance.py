"""The p-values: against known ones, against exact sums, and in their properties."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.guardrail.significance import above, rate_higher, share_higher

small = st.integers(0, 60)


def exact_share(bad: int, of: int, bad_there: int, of_there: int) -> float:
    """The upper tail of the hypergeometric distribution, in whole numbers."""
    total = bad + bad_there
    ways = sum(comb(of, x) * comb(of_there, total - x) for x in range(bad, min(of, total) + 1))
    return float(Fraction(ways, comb(of + of_there, total)))


def exact_rate(events: int, seconds: int, events_there: int, seconds_there: int) -> float:
    """The upper tail of the binomial distribution, in whole numbers."""
    total, share = events + events_there, Fraction(seconds, seconds + seconds_there)
    terms = (comb(total, x) * share**x * (1 - share) ** (total - x) for x in range(events, total + 1))
    return float(sum(terms, Fraction(0)))


@pytest.mark.parametrize(("z", "p"), [(0.0, 0.5), (1.644854, 0.05), (2.326348, 0.01), (3.090232, 0.001)])
def test_the_normal_curve(z: float, p: float) -> None:
    assert above(z) == pytest.approx(p, rel=1e-5)
    assert above(-z) == pytest.approx(1 - p, rel=1e-5)


def test_the_handbooks_example_of_two_shares() -> None:
    """40 of 200 against 20 of 200: z = 0.1 / sqrt(0.15 * 0.85 * 0.01) = 2.8006, one-sided p = 0.00255."""
    assert share_higher(40, 200, 20, 200) == pytest.approx(0.002550, abs=2e-6)


def test_fishers_tea() -> None:
    """The lady names 3 of 4 cups right: 17 of 70 ways are as good or better."""
    assert share_higher(3, 4, 1, 4) == pytest.approx(17 / 70)


@given(small, small, small, small)
def test_few_are_counted_exactly(bad: int, good: int, bad_there: int, good_there: int) -> None:
    of, of_there = bad + good, bad_there + good_there
    if not of or not of_there:
        assert share_higher(bad, of, bad_there, of_there) == 1.0
        return
    pooled = (bad + bad_there) / (of + of_there)
    exact = exact_share(bad, of, bad_there, of_there)
    found = share_higher(bad, of, bad_there, of_there)
    if min(of, of_there) * min(pooled, 1 - pooled) < 5:
        assert found == pytest.approx(exact, rel=1e-9)
    else:
        assert abs(found - exact) < 0.2  # the curve leaves the discreteness out
    assert 0 <= found <= 1


@given(small, st.integers(1, 500), small, st.integers(1, 500))
def test_rates_are_counted_exactly(events: int, seconds: int, there: int, seconds_there: int) -> None:
    exact = exact_rate(events, seconds, there, seconds_there)
    assert rate_higher(events, seconds, there, seconds_there) == pytest.approx(exact, rel=1e-9)


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 400))
def test_of_two_sides_at_most_one_is_higher(bad: int, of: int, bad_there: int) -> None:
    """Swapped, the curve's p is what is missing to 1; an exact one counts the tie on both sides."""
    bad, bad_there = min(bad, of), min(bad_there, of)
    assert share_higher(bad, of, bad_there, of) + share_higher(bad_there, of, bad, of) >= 1 - 1e-9


@given(st.integers(0, 299), st.integers(300, 5000), st.integers(0, 300), st.integers(300, 5000))
def test_one_more_failure_never_looks_better(bad: int, of: int, bad_there: int, of_there: int) -> None:
    before = share_higher(bad, of, bad_there, of_there)
    pooled = [(each + bad_there) / (of + of_there) for each in (bad, bad + 1)]
    # Where the test changes from exact to the curve, p may step.
    if (min(of, of_there) * pooled[0] < 5) == (min(of, of_there) * pooled[1] < 5):
        assert share_higher(bad + 1, of, bad_there, of_there) <= before + 1e-12
    assert rate_higher(bad + 1, of, bad_there, of_there) <= rate_higher(bad, of, bad_there, of_there) + 1e-12


def test_large_numbers_cost_nothing_and_stay_numbers() -> None:
    assert share_higher(60, 200, 5_000, 10_000_000) < 1e-50
    assert share_higher(0, 200, 900_000, 1_000_000) == pytest.approx(1.0)
    assert rate_higher(10, 3600.0, 100_000, 3600.0) == pytest.approx(1.0)
    assert rate_higher(100_000, 3600.0, 10, 3600.0) == 0.0
    assert rate_higher(0, 3600.0, 0, 3600.0) == 1.0


def test_nothing_to_compare_is_no_difference() -> None:
    assert share_higher(0, 0, 5, 10) == share_higher(5, 10, 0, 0) == 1.0
    assert rate_higher(5, 0.0, 5, 10.0) == 1.0
