"""The sample of occurrences depends on what happened, never on the order in which it was told."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from recovery.ingest.samples import FIRST, HOURS, PROCESSES, RECENT, SLOT, sample

KEYS = st.tuples(st.integers(0, 400_000).map(float), st.integers(1, 40), st.integers(1, 1_000_000))


@given(st.sets(KEYS, max_size=300), st.sets(KEYS, max_size=300), st.sets(KEYS, max_size=100))
def test_a_sample_of_samples_is_the_sample(first: set, second: set, third: set) -> None:
    assert sample(sample(sample(first) | second) | third) == sample(first | second | third)


@given(st.sets(KEYS, min_size=1, max_size=500))
def test_it_is_bounded_and_keeps_the_ends(keys: set) -> None:
    kept, ordered = sample(keys), sorted(keys)
    assert kept <= keys
    assert len(kept) <= FIRST + RECENT + PROCESSES + HOURS
    assert set(ordered[:FIRST]) <= kept
    assert ordered[-1][0] // SLOT == max(kept)[0] // SLOT


def test_a_burst_costs_one_row_in_ten_seconds_and_a_rare_error_is_kept_whole() -> None:
    burst = {(1000.0 + number / 100, 1, number) for number in range(2000)}
    assert len(sample(burst)) == FIRST + 1
    rare = {(1000.0 + number * 60, 1, number) for number in range(RECENT)}
    assert sample(rare) == rare
