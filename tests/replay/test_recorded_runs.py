"""Replaying the present settings makes the recorded openings again: real breakers, real recordings, any seed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from recovery import wire
from recovery.client.slots import merged
from recovery.engine import BreakerConfig
from recovery.ingest.packing import pack
from tests.replay.recorded import Life

MS = 2  # recordings are in ms
SLOT = 10_000  # ms
SECONDS = 400

WAITS = st.sampled_from([1.0, 3.0, 5.5, 10.0])
HALF_OPEN = {"half_open_permits": st.integers(1, 3), "half_open_successes": st.integers(1, 3)}
RATES = st.sampled_from([20.0, 40.0, 60.5])
KINDS: dict[str, dict[str, Any]] = {
    "streak": {"failure_threshold": st.integers(1, 5)},
    "rate": {
        "failure_threshold": st.sampled_from([None, 6]), "failure_rate": RATES,
        "window_size": st.sampled_from([5, 20, 100]),
    },
    "slow": {
        "failure_threshold": st.none(), "slow_call_rate": RATES, "slow_call_duration": st.sampled_from([0.3, 1.0]),
        "window_size": st.sampled_from([10, 50]),
    },
    "growth": {
        "failure_threshold": st.just(2), "recovery_growth": st.sampled_from([1.5, 2.0]),
        "recovery_timeout_max": st.just(30.0),
    },
    "jitter": {"failure_threshold": st.just(2), "recovery_jitter": st.sampled_from([0.1, 0.5, 1.0])},
}  # fmt: skip
TIMED = {
    "failure_threshold": st.sampled_from([None, 6]), "failure_rate": RATES, "window": st.just("time"),
    "window_size": st.sampled_from([5, 20, 60]),
}  # fmt: skip


def _configs(fields: dict[str, Any]) -> st.SearchStrategy[BreakerConfig]:
    return st.builds(BreakerConfig, recovery_timeout=WAITS, **HALF_OPEN, **fields)


def _lives(fields: dict[str, Any]) -> st.SearchStrategy[Life]:
    return st.builds(
        Life,
        config=_configs(fields),
        seed=st.integers(0, 10_000),
        rate=st.sampled_from([0.3, 2.0, 5.0, 20.0]),
        phase=st.floats(0, 20, allow_nan=False),
    )


often = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("kind", KINDS)
@often
@given(data=st.data())
def test_streaks_and_count_windows_open_exactly_when_they_did(kind: str, data: st.DataObject) -> None:
    life = data.draw(_lives(KINDS[kind])).live(SECONDS)
    replayed = life.replayed()
    assert list(replayed.openings) == pytest.approx(life.openings(), abs=MS)
    assert list(replayed.reopenings) == pytest.approx(life.reopenings(), abs=MS)


@often
@given(life=_lives(TIMED))
def test_time_windows_open_within_a_slot_of_when_they_did(life: Life) -> None:
    replayed = life.live(SECONDS).replayed()
    recorded = sorted([*life.openings(), *life.reopenings()])
    made = sorted([*replayed.openings, *replayed.reopenings])
    assert _without_a_partner(recorded, made) == []
    assert _without_a_partner(made, recorded) == []


def _without_a_partner(ones: list[int], others: list[int]) -> list[int]:
    return [one for one in ones if not any(abs(one - other) <= SLOT for other in others)]


@often
@given(life=_lives(KINDS["streak"]))
def test_refused_calls_and_failures_are_those_that_were_recorded(life: Life) -> None:
    replayed, slots = life.live(SECONDS).replayed(), life.tape().slots
    assert replayed.refused == sum(slot.refused for slot in slots)
    assert replayed.reached == sum(slot.failures for slot in slots)


@often
@given(life=_lives(KINDS["rate"]), other=_configs(KINDS["streak"]))
def test_under_other_settings_every_call_is_let_in_or_refused(life: Life, other: BreakerConfig) -> None:
    """Nothing is lost and nothing made up: what fails is refused or reaches its caller."""
    story = life.live(SECONDS).story()
    replayed = life.replayed(other)
    failures = sum(slot.failures for slot in life.tape().slots)
    assert replayed.reached <= failures + story.taken_as_failed + story.hung
    assert replayed.refused <= sum(slot.refused + slot.after - slot.before for slot in life.tape().slots)
    assert all(one.until <= two.since for one, two in zip(replayed.stretches, replayed.stretches[1:], strict=False))


def test_a_breaker_that_cannot_open_lets_every_failure_through() -> None:
    life = Life(BreakerConfig(failure_threshold=3, recovery_timeout=5), seed=4).live(SECONDS)
    story, replayed = life.story(), life.replayed(BreakerConfig(failure_threshold=None))
    assert (replayed.openings, replayed.refused, replayed.open_ms) == ((), story.unplaced, 0)
    assert replayed.reached == sum(slot.failures for slot in life.tape().slots) + story.taken_as_failed + story.hung


def test_a_more_patient_breaker_opens_later_and_refuses_less() -> None:
    life = Life(BreakerConfig(failure_threshold=2, recovery_timeout=10), seed=7).live(2 * SECONDS)
    present, patient = life.replayed(), life.replayed(life.config.replace(failure_threshold=9))
    assert 0 < len(patient.openings) < len(present.openings)
    assert patient.refused < present.refused
    assert patient.reached > present.reached


def test_a_shorter_wait_asks_more_often() -> None:
    life = Life(BreakerConfig(failure_threshold=2, recovery_timeout=20), seed=7).live(2 * SECONDS)
    present, eager = life.replayed(), life.replayed(life.config.replace(recovery_timeout=2))
    assert len(eager.reopenings) > len(present.reopenings)
    assert eager.refused < present.refused


@often
@given(life=_lives(KINDS["streak"]))
def test_slots_that_a_lagging_client_merged_are_as_good(life: Life) -> None:
    life.live(SECONDS)
    minutes: list[wire.Slice] = []
    for each in life.slices:
        mine = replace(each, breakers=tuple(part for part in each.breakers if part.name == life.name))
        if minutes and mine.start - minutes[-1].start < 60:
            minutes[-1] = merged(minutes[-1], mine)
        else:
            minutes.append(mine)
    life.blobs = [pack(each) for each in minutes]
    if any(slot.lost for slot in life.tape().slots):
        return
    replayed = life.replayed()
    assert list(replayed.openings) == pytest.approx(life.openings(), abs=MS)
    assert list(replayed.reopenings) == pytest.approx(life.reopenings(), abs=MS)


def test_of_slots_that_never_came_the_numbers_are_known() -> None:
    life = Life(BreakerConfig(failure_threshold=3, recovery_timeout=5), seed=4).live(2 * SECONDS)
    whole, kept = life.tape(), list(life.blobs)
    life.blobs = [blob for n, blob in enumerate(kept) if n % 5 != 2]
    holey = life.tape()
    assert len(holey.slots) < len(whole.slots)
    assert sum(slot.lost for slot in holey.slots) > 0
    for name in ("failures", "refused"):
        assert sum(getattr(s, name) for s in holey.slots) == sum(getattr(s, name) for s in whole.slots)
    replayed = life.replayed(BreakerConfig(failure_threshold=None))
    assert replayed.reached >= sum(slot.failures for slot in whole.slots)


def test_nothing_at_all_is_no_opening() -> None:
    life = Life(BreakerConfig(failure_threshold=1), seed=1)
    replayed = life.replayed()
    assert (replayed.openings, replayed.refused, replayed.reached) == ((), 0, 0)


def test_probes_that_hang_while_nothing_is_settled_open_when_they_did() -> None:
    config = BreakerConfig(
        failure_threshold=None, slow_call_rate=20.0, slow_call_duration=1.0, window_size=10, recovery_timeout=1.0
    )
    life = Life(config, seed=1, rate=0.3).live(SECONDS)
    replayed = life.replayed()
    assert life.story().hung > 5
    assert list(replayed.reopenings) == pytest.approx(life.reopenings(), abs=MS)


def test_a_probe_that_succeeded_before_a_late_client_closed_the_slot_comes_after_the_wait() -> None:
    config = BreakerConfig(
        failure_threshold=None, slow_call_rate=20.0, slow_call_duration=1.0, window_size=10, recovery_timeout=1.0
    )
    life = Life(config, seed=931, rate=5.0, phase=2.5).live(SECONDS)
    assert list(life.replayed().openings) == pytest.approx(life.openings(), abs=MS)
