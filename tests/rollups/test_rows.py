"""Rows of every level are what brute force makes of the slices, in whatever order and however late they came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from recovery import wire
from recovery.models import DirtyMinute, Job, Keyframe
from recovery.rollups.levels import HOUR, MINUTE, raise_to
from recovery.rollups.progress import LeaseLost, Progress
from recovery.rollups.shares import BreakerShare, breaker_share
from recovery.rollups.tens import compute, reaching
from tests.rollups.world import FIRST, MODELS, START, Report, World, brute_force, settle, stored, stored_operations

PHASES = (
    Phase.explicit,
    Phase.reuse,
    Phase.generate,
)  # a history is slow to live through: shrinking would take for ever
counts = st.tuples(*[st.integers(0, 9)] * 3, st.just(0), st.integers(0, 5)).filter(any)
late = st.sampled_from([0, 3, 20, 28, 33, 41, 47, 70, 200, 700])
states = st.sampled_from(["CLOSED", "OPEN", "HALF-OPEN", "FORCED-OPEN", "DISABLED"])


def _slow(numbers: tuple[int, ...]) -> tuple[int, int, int, int, int]:
    good, bad, ignored, _, refused = numbers
    return good, bad, ignored, (good + bad) // 2, refused


@st.composite
def histories(draw: st.DrawFn) -> list[Report]:
    reports = []
    for process in range(3):
        own = draw(st.integers(0, 30))
        for _ in range(draw(st.integers(0, 8))):
            width = draw(st.sampled_from([1, 1, 1, 1, 2, 6, 9, 30]))
            reports.append(
                Report(
                    process,
                    own,
                    width,
                    {name: _slow(draw(counts)) for name in draw(st.sets(st.sampled_from("abc"), max_size=3))},
                    {name: draw(st.integers(1, 20)) for name in draw(st.sets(st.sampled_from("xy"), max_size=2))},
                    draw(states),
                    draw(late),
                )
            )
            own += width + draw(st.sampled_from([0, 0, 0, 0, 1, 5, 30]))
    return reports


class Rows(TestCase):
    @settings(max_examples=8, suppress_health_check=list(HealthCheck), phases=PHASES)
    @given(histories())
    def test_every_level_equals_brute_force(self, reports: list[Report]) -> None:
        world = World()
        world.live_through(reports, every=30)
        for seconds in MODELS:
            assert stored(seconds) == brute_force(world, reports, seconds), seconds

    @settings(max_examples=4, suppress_health_check=list(HealthCheck), phases=PHASES)
    @given(histories(), st.integers(0, 60))
    def test_adding_up_again_changes_nothing(self, reports: list[Report], slot: int) -> None:
        world = World()
        world.live_through(reports, every=30)
        before = [stored(seconds) for seconds in MODELS] + [stored_operations(seconds) for seconds in (10, 60, 3600)]
        start, end = FIRST + slot // 6 * 6, FIRST + slot // 6 * 6 + 60
        written = compute(start, end, wide=reaching(start, end), final=True)
        written += raise_to(MINUTE, start * 10, end * 10) + raise_to(
            HOUR, start * 10 // HOUR * HOUR, (end * 10 // HOUR + 1) * HOUR
        )
        assert written == 0
        after = [stored(seconds) for seconds in MODELS] + [stored_operations(seconds) for seconds in (10, 60, 3600)]
        assert before == after


pytestmark = pytest.mark.django_db


def _calls(number: int) -> dict[str, tuple[int, int, int, int, int]]:
    return {"a": (number, 1, 0, 0, 0)}


def test_a_fresh_slot_is_there_soon_after_its_end() -> None:
    world = World()
    world.live_through([Report(0, 0, breakers=_calls(7))], until=START + timedelta(seconds=15))
    assert stored(10)[world.ids["a"], FIRST * 10][:2] == (8, 1)


def test_a_late_slice_takes_its_share_from_the_one_after_it() -> None:
    world = World()
    reports = [
        Report(0, 0, breakers=_calls(1)),
        Report(0, 1, breakers=_calls(10), delay=500),
        Report(0, 12, breakers=_calls(100)),
    ]
    world.live_through(reports, until=START + timedelta(seconds=400))
    assert stored(10) == brute_force(world, reports, 10)


def test_a_rare_breaker_is_found_far_back_by_a_keyframe() -> None:
    world = World()
    rare = Report(0, 0, breakers={"b": (5, 0, 0, 0, 0)})
    often = [Report(0, own, breakers=_calls(1)) for own in range(1, 200)]
    reports = [rare, *often, Report(0, 200, breakers={"b": (2, 0, 0, 0, 0)})]
    world.live_through(reports, every=60)
    assert stored(10) == brute_force(world, reports, 10)
    assert Keyframe.objects.count() >= 3


def test_two_slices_of_one_slot_are_one_process() -> None:
    world = World()
    reports = [Report(0, 0, breakers=_calls(1)), Report(0, 1, breakers=_calls(2))]
    for report, message in world.messages(reports):
        report.own = 0  # the clock of the process was set meanwhile
        world.receive(report, message)
    world.live_through([], until=START + timedelta(seconds=120))
    assert stored(10)[world.ids["a"], FIRST * 10] == (5, 2, 0, 0, 0, {"20": 3, "25": 2}, "CLOSED", 1)


def test_totals_that_fall_count_as_nothing() -> None:
    before = wire.BreakerSlice(name="a", state="CLOSED", successes=5, failures=3, latency=((20, 8),))
    now = wire.BreakerSlice(name="a", state="CLOSED", successes=2, failures=4, latency=((20, 1), (21, 5)))
    assert breaker_share(now, before) == BreakerShare(failures=1, hist={21: 5})


def test_a_gap_of_hours_is_leapt_over() -> None:
    world = World()
    reports = [Report(0, 0, breakers=_calls(1)), Report(0, 1500, breakers=_calls(2))]
    for report, message in world.messages(reports):
        world.receive(report, message)
    world.live_through([], until=START, every=10)
    now = START + timedelta(hours=6)
    settle(now)
    for seconds in MODELS:
        assert stored(seconds) == brute_force(world, reports, seconds)


def test_an_unknown_name_is_left_out() -> None:
    world = World()
    report = Report(0, 0, breakers={"nobody": (1, 0, 0, 0, 0), "a": (1, 0, 0, 0, 0)})
    world.live_through([report], until=START + timedelta(seconds=120))
    assert set(stored(10)) == {(world.ids["a"], FIRST * 10)}


def test_what_another_worker_took_over_is_not_written() -> None:
    World()
    Job.objects.update(owner="another")
    with pytest.raises(LeaseLost):
        Progress().save("me")


def test_a_minute_older_than_the_slices_is_not_added_up_again() -> None:
    world = World()
    world.live_through([Report(0, 0, breakers=_calls(3))], until=START + timedelta(seconds=200))
    before = stored(60)
    assert before
    world.processes[0].slices.all().delete()
    DirtyMinute.objects.create(at=FIRST * 10)
    settle(START + timedelta(days=3))
    assert stored(60) == before
