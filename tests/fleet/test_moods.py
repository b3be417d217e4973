"""What backends go through: never twice the same, the same from the same seed."""

from __future__ import annotations

from itertools import islice, pairwise

from recovery.fleet.plan import BACKENDS
from recovery.fleet.upstream.moods import OUTAGES, WELL, Spell, spells


def of(seed: int, backend: str = "videos", pace: float = 1.0, many: int = 60) -> list[Spell]:
    return list(islice(spells(seed, backend, pace), many))


def test_the_same_seed_brings_the_same() -> None:
    assert of(7) == of(7)


def test_another_seed_and_another_backend_bring_something_else() -> None:
    assert len({tuple(of(seed, backend)) for seed in range(5) for backend in BACKENDS}) == 5 * len(BACKENDS)


def test_well_and_outages_take_turns_and_no_outage_comes_twice_in_a_row() -> None:
    moods = [spell.mood for spell in of(3)]
    assert set(moods[::2]) == {WELL}
    assert set(moods[1::2]) == set(OUTAGES)
    assert all(before != after for before, after in pairwise(moods[1::2]))


def test_the_pace_shortens_all_alike() -> None:
    assert [spell.seconds for spell in of(3, pace=0.5)] == [spell.seconds / 2 for spell in of(3)]
    assert [spell.mood for spell in of(3, pace=0.5)] == [spell.mood for spell in of(3)]


def test_something_happens_soon_whatever_the_seed() -> None:
    firsts = [min(of(seed, backend, many=1)[0].seconds for backend in BACKENDS) for seed in range(200)]
    assert sorted(firsts)[180] < 20
