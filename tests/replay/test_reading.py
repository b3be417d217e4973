"""What is read of the database: no more than is needed, from the totals before it on, on the console's clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from recovery import moment
from recovery.engine import BreakerConfig
from recovery.models import Breaker, Keyframe, Service, Slice
from recovery.queries.policies.which import Target, by_name
from recovery.queries.replay import compare, reading
from recovery.queries.replay.reading import Recording, Span, read
from recovery.rollups import history
from recovery.testing import FakeClock
from tests.replay.kept import keep
from tests.replay.recorded import Life

pytestmark = pytest.mark.django_db
CONFIG = BreakerConfig(failure_threshold=3, recovery_timeout=8)
START = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())


@pytest.fixture(scope="module")
def long() -> Life:
    """Two hours."""
    return Life(CONFIG, seed=3, rate=2, name="fetch").live(7200)


@pytest.fixture
def clock(long: Life) -> Iterator[FakeClock]:
    """The console's, just after."""
    fake = FakeClock()
    fake.advance(7220)
    with moment.using(fake):
        yield fake


def _read(hours: int, end: int = START + 7200) -> Recording:
    return read(Breaker.objects.get(), Span(hours, end - hours * 3600, end))


def _frames(process: int) -> None:
    """As the rollups leave them."""
    for own_slot in sorted(Slice.objects.filter(process=process).values_list("own_slot", flat=True)):
        if own_slot % 60 == 0:
            history.frame(process, own_slot)


def test_the_last_hour_opens_as_it_did_though_it_began_earlier(long: Life, clock: FakeClock) -> None:
    _frames(keep(long).pk)
    compare.forget()
    replayed = compare.replayed(_target(), None, 1)
    begin = START * 1000 + 3600_000
    assert replayed.present.openings == sum(at >= begin for at in long.openings()) > 5
    assert replayed.present.reopenings == sum(at >= begin for at in long.reopenings())
    assert replayed.recorded.openings == replayed.present.openings


def _target() -> Target:
    """The breaker, as an address names it."""
    found = by_name("download", "production", "breaker", "fetch")
    assert found is not None
    return found


def test_totals_before_the_hour_come_from_a_keyframe(long: Life, clock: FakeClock) -> None:
    process = keep(long)
    _frames(process.pk)
    assert Keyframe.objects.count() > 10
    tape = _read(1).processes[0].tape
    whole = long.tape()
    first = tape.slots[0]
    same = next(slot for slot in whole.slots if slot.start == first.start)
    assert (first.before, first.after, first.refused) == (same.before, same.after, same.refused)
    assert START * 1000 + 2400_000 <= first.start < START * 1000 + 3600_000  # some minutes to fill the windows


def test_without_a_keyframe_the_first_slot_says_where_it_stood(long: Life, clock: FakeClock) -> None:
    keep(long)
    end = START + 7200
    tape = read(Breaker.objects.get(), Span(1, end - 600, end)).processes[0].tape
    same = {slot.start: slot for slot in long.tape().slots}
    assert all(
        (slot.before, slot.after) == (same[slot.start].before, same[slot.start].after) for slot in tape.slots[1:]
    )


@pytest.mark.parametrize("offset", [-300_000, -7_300, 4_900, 300_000, 86_400_000])
def test_a_clock_that_is_off_changes_nothing(long: Life, clock: FakeClock, offset: int) -> None:
    """The process's clock is ahead by so many ms: its slots and transitions lie on the console's clock."""
    keep(long)
    plain = _read(6).processes[0]
    Service.objects.all().delete()
    keep(long, offset_ms=offset)
    clock.advance(-offset / 1000)
    end = (START + 7200 - offset // 1000) // 10 * 10
    found = read(Breaker.objects.get(), Span(6, end - 6 * 3600, end)).processes[0]
    count = min(len(found.tape.slots), len(plain.tape.slots)) - 2
    assert count > 600
    for one, two in zip(found.tape.slots[:count], plain.tape.slots[:count], strict=True):
        assert (one.start + offset, one.before, one.after) == (two.start, two.before, two.after)
    assert [wait.opened + offset for wait in found.stays.waits] == pytest.approx(
        [wait.opened for wait in plain.stays.waits][: len(found.stays.waits)], abs=2
    )


def test_too_many_processes_are_not_all_read(long: Life, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        keep(long, host=f"web-{number}")
    monkeypatch.setattr(reading, "MOST_SLICES", 1500)
    recording = _read(6)
    assert [len(recording.processes), recording.left_out] == [2, 2]
    assert [each.label.split(" ")[0] for each in recording.processes] == ["web-3", "web-2"]
    compare.forget()
    replayed = compare.replayed(_target(), None, 6)
    assert "2 of 4 processes are replayed" in replayed.assumed[0]


def test_too_many_failures_end_the_reading(long: Life, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(long, host="web-1")
    keep(long, host="web-2")
    monkeypatch.setattr(reading, "MOST_ENTRIES", 200)
    recording = _read(6)
    assert sum(len(each.tape.numbers) for each in recording.processes) <= 200
    assert recording.processes[0].stopped is not None
    compare.forget()
    replayed = compare.replayed(_target(), None, 6)
    assert any("only the first part of the time is replayed" in text for text in replayed.assumed)
