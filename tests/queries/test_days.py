"""Bars of days."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.charts.days import HEIGHT, LEAST, drawn, hanging, in_words


@pytest.mark.parametrize(
    ("runs", "healthy", "down"),
    [(10, 10, 0), (2880, 2879, LEAST), (10, 5, HEIGHT // 2), (2880, 1, HEIGHT - LEAST), (10, 0, HEIGHT)],
)
def test_a_little_trouble_is_seen_and_only_all_of_it_fills_the_day(runs: int, healthy: int, down: int) -> None:
    assert hanging(runs, healthy) == down


@given(
    st.lists(st.none() | st.integers(0, 3000).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))), max_size=90)
)
def test_every_day_has_its_place_and_its_form(found: list[tuple[int, int] | None]) -> None:
    strip = drawn(found)
    places = {kind: set(re.findall(r"M(\d+) ", getattr(strip, kind))) for kind in ("well", "trouble", "nothing")}
    assert strip.width == 4 * len(found)
    assert len(places["nothing"]) == sum(day is None or not day[0] for day in found)
    assert len(places["well"] | places["trouble"]) == len(found) - len(places["nothing"])
    assert not places["nothing"] & (places["well"] | places["trouble"])
    assert len(places["trouble"]) == sum(day is not None and day[1] < day[0] for day in found)


def test_words() -> None:
    assert in_words([None, (0, 0)]) == "no data in 2 days"
    assert in_words([None, (10, 10), (10, 9)]) == "2 of 3 days known: 1 with trouble, 95 % of the results healthy"
