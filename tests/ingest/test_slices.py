"""Slices are appended once; late ones mark their minutes."""

from __future__ import annotations

from recovery import wire
from recovery.ingest.jobs import Refused
from recovery.models import DirtyMinute, Process, Slice
from tests.ingest.desk import Desk, a_service
from tests.link.talking import a_slice, now


def test_a_repeat_changes_nothing_even_when_the_clock_was_measured_anew(desk: Desk) -> None:
    service = a_service()
    sent = a_slice()
    assert desk.keep(sent, desk.peer(service, ahead=0.0)) is None
    assert desk.keep(sent, desk.peer(service, ahead=30.0)) is None
    assert Slice.objects.count() == 1
    assert desk.counts["repeated_slices"] == 1


def test_late_ones_mark_their_minutes_once_and_repeats_do_not(desk: Desk) -> None:
    peer = desk.peer(a_service())
    minute = int(now()) // 60 * 60 - 600
    desk.keep(a_slice(minute // 10 + 2), peer)
    desk.keep(a_slice(minute // 10 + 5, seconds=60), peer)
    assert sorted(DirtyMinute.objects.values_list("at", flat=True)) == [minute, minute + 60]
    DirtyMinute.objects.all().delete()
    desk.keep(a_slice(minute // 10 + 2), peer)
    assert not DirtyMinute.objects.exists()


def test_one_in_time_marks_nothing(desk: Desk) -> None:
    desk.keep(a_slice(), desk.peer(a_service()))
    assert not DirtyMinute.objects.exists()


def test_what_is_too_old_or_ahead_is_refused_and_the_rest_kept(desk: Desk) -> None:
    peer = desk.peer(a_service())
    waiting = [desk.hand_in(each, peer) for each in (a_slice(8), a_slice(), a_slice(int(now()) // 10 + 1000))]
    old, good, ahead = [each.result(10) for each in waiting]
    assert (old, good, ahead) == (Refused("too old"), None, Refused("in the future"))
    assert Slice.objects.count() == 1


def test_the_newest_tells_how_the_client_is(desk: Desk) -> None:
    peer = desk.peer(a_service())
    slot = int(now()) // 10 - 1
    desk.keep(a_slice(slot, client=wire.ClientHealth(waiting=3, dropped={"log": 2})), peer)
    desk.keep(a_slice(slot - 1, client=wire.ClientHealth(waiting=99)), peer)
    row = Process.objects.get()
    assert (row.last_slot, row.client["waiting"], row.client["dropped"]) == (slot, 3, {"log": 2})


def test_lost_tape_entries_are_counted(desk: Desk) -> None:
    peer = desk.peer(a_service())
    breakers = tuple(wire.BreakerSlice(name=name, state="OPEN", cut=True, lost=4) for name in "ab")
    desk.keep(a_slice(breakers=breakers), peer)
    assert Slice.objects.get().lost == 8


def test_a_process_that_was_deleted_is_refused(desk: Desk) -> None:
    peer = desk.peer(a_service())
    Process.objects.all().delete()
    assert isinstance(desk.keep(a_slice(), peer), Refused)
