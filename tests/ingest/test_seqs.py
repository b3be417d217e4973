"""Kept sequences: exact whatever their order, and small."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from recovery.ingest.seqs import MOST_RANGES, Seqs


@given(st.lists(st.integers(0, 60)))
def test_it_is_a_set(numbers: list[int]) -> None:
    seqs, known = Seqs([]), set[int]()
    for number in numbers:
        assert seqs.add(number) == (number not in known)
        known.add(number)
        seqs = Seqs(seqs.as_list())
    assert {number for number in range(62) if number in seqs} == known
    assert seqs.last == max(known, default=0)
    ranges = seqs.as_list()
    assert all(low <= high for low, high in ranges)
    assert all(before[1] + 1 < after[0] for before, after in itertools.pairwise(ranges))


def test_with_too_many_gaps_the_oldest_count_as_kept() -> None:
    seqs = Seqs([])
    for number in range(0, 1000, 2):
        seqs.add(number)
    ranges = Seqs(seqs.as_list())
    assert len(ranges.as_list()) == MOST_RANGES
    assert 1 in ranges
    assert 997 not in ranges
    assert ranges.last == 998
