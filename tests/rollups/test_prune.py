"""What is past its time goes; what is needed to go on counting stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from recovery import moment
from recovery.models import (
    Breaker,
    BreakerDay,
    BreakerHour,
    BreakerMinute,
    BreakerNow,
    BreakerTen,
    Check,
    CheckResult,
    Keyframe,
    LinkInterval,
    LogRecord,
    Process,
    Service,
    Slice,
    Transition,
)
from recovery.rollups import prune
from recovery.rollups.retention import kept_for
from recovery.testing import FakeClock
from tests.rollups.world import START, Report, World, brute_force, settle, stored

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[FakeClock]:
    clock = FakeClock()
    with moment.using(clock):
        yield clock


def _aged(days: float) -> int:
    return int((START - days * DAY).timestamp()) // 10 * 10


@pytest.mark.parametrize(("model", "days"), [(BreakerTen, 1), (BreakerMinute, 7), (BreakerHour, 90), (BreakerDay, 730)])
def test_each_level_has_its_time(model: Any, days: int) -> None:
    world = World()
    for age in (days - 0.1, days + 0.1):
        model.objects.create(breaker_id=world.ids["a"], at=_aged(age))
    prune(START)
    assert [row.at for row in model.objects.all()] == [_aged(days - 0.1)]


def _shop() -> tuple[Process, Breaker]:
    shop = Service.objects.create(name="shop", created_at=START)
    process = Process.objects.create(service=shop, uid="p", host="h", first_seen_at=START, heard_at=START)
    return process, Breaker.objects.create(service=shop, name="a", first_seen_at=START)


def test_transitions_logs_and_results_go() -> None:
    process, breaker = _shop()
    check = Check.objects.create(service=process.service, name="c", target="x:1", created_at=START, next_run_at=START)
    for number, age in enumerate((6, 8, 89, 91)):
        at = START - age * DAY
        Transition.objects.create(process=process, breaker=breaker, seq=number, sequence=number, at=at)
        LogRecord.objects.create(
            service=process.service, process=process, seq=number, at=at, level=30, logger="x", text=""
        )
        CheckResult.objects.create(parent=check, run=f"{number:032d}", at=at, healthy=True)
    counts = prune(START)
    assert counts == {"transitions": 1, "logs": 3, "results": 1}


def test_a_process_goes_when_nothing_of_it_is_left() -> None:
    process, _ = _shop()
    prune(START + 90 * DAY)
    assert Process.objects.exists()
    prune(START + 96 * DAY)
    assert not Process.objects.filter(pk=process.pk).exists()


def test_many_go_in_small_batches_and_a_run_comes_to_its_end(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    BreakerTen.objects.bulk_create([BreakerTen(breaker_id=world.ids["a"], at=_aged(2) - 10 * n) for n in range(1000)])
    beats = []
    assert prune(START, beat=lambda: beats.append(1)) == {"tens": 1000}
    assert len(beats) > 4
    BreakerTen.objects.bulk_create([BreakerTen(breaker_id=world.ids["a"], at=_aged(2) - 10 * n) for n in range(1000)])
    monkeypatch.setattr("recovery.rollups.pruning.LONGEST", 0.025)
    prune(START)
    assert 0 < BreakerTen.objects.count() < 1000


def test_settings_name_other_times(settings: LazySettings) -> None:
    settings.RETENTION = {"logs": 0.5}
    assert kept_for("logs") == DAY / 2
    assert kept_for("slices") == 2 * DAY


def test_counting_goes_on_after_the_slices_are_gone() -> None:
    world = World()
    first = [Report(0, own, breakers={"a": (5, 1, 0, 0, 0), "b": (1, 0, 0, 0, 0)}) for own in range(3)]
    after = 3 * 8640
    again = Report(0, after, breakers={"a": (2, 0, 0, 0, 0)})
    pairs = world.messages([*first, again])
    for report, message in pairs[:3]:
        world.receive(report, message)
    settle(START)
    later = START + 3 * DAY
    prune(later)
    assert not Slice.objects.exists()
    assert Keyframe.objects.count() == 1
    world.receive(*pairs[3])
    settle(later)
    expected = brute_force(world, [*first, again], 10)
    at: datetime = datetime.fromtimestamp(world.slot(again) * 10, START.tzinfo)
    assert stored(10)[world.ids["a"], int(at.timestamp())] == expected[world.ids["a"], int(at.timestamp())]

    prune(later + 60 * DAY)
    assert Keyframe.objects.count() == 1  # the last one of a process stays


def test_how_a_breaker_stood_in_a_process_that_is_gone_is_forgotten() -> None:
    """Else a board would read thousands of processes that are no more; processes and what happened in them stay."""
    process, breaker = _shop()
    gone, back, linked = (
        Process.objects.create(service=process.service, uid=uid, host="h", first_seen_at=START, heard_at=START - age)
        for uid, age in (("gone", 3 * HOUR), ("back", HOUR), ("linked", 3 * HOUR))
    )
    for each in (gone, back, linked):
        BreakerNow.objects.create(process=each, breaker=breaker, state="OPEN")
    LinkInterval.objects.create(process=linked, began_at=START, heard_at=START)
    Transition.objects.create(process=gone, breaker=breaker, seq=1, sequence=1, before="CLOSED", after="OPEN", at=START)
    prune(START)
    assert set(BreakerNow.objects.values_list("process__uid", flat=True)) == {"back", "linked"}
    assert Process.objects.count() == 4
    assert Transition.objects.exists()
