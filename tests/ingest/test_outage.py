"""The database is locked or gone: what came in is kept in memory, nothing is acknowledged, and all of it gets in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest
from django.db import DataError, IntegrityError, InterfaceError, InternalError, OperationalError, ProgrammingError

from recovery import wire
from recovery.ingest import batch, writer
from recovery.ingest.jobs import Refused
from recovery.ingest.trouble import passes
from recovery.models import ErrorGroup, Slice, Transition
from tests.ingest.desk import Desk, a_service
from tests.link.talking import a_slice, error, now, transition


@contextmanager
def gone(monkeypatch: pytest.MonkeyPatch, problem: Exception) -> Iterator[threading.Event]:
    """Every attempt fails until the block ends; set when the first one has."""
    tried, keep = threading.Event(), batch.keep

    def fails(*_: Any) -> Any:
        tried.set()
        raise problem

    monkeypatch.setattr(batch, "keep", fails)
    yield tried
    monkeypatch.setattr(batch, "keep", keep)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(writer, "LONGEST_WAIT", 0.005)


@pytest.mark.parametrize(
    "problem", [OperationalError("database is locked"), InterfaceError("connection already closed")]
)
def test_it_is_waited_for_and_nothing_is_lost(problem: Exception, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = desk.peer(a_service())
    with gone(monkeypatch, problem) as tried:
        waiting = [desk.hand_in(wire.Events(events=(transition(seq, seq),)), peer) for seq in range(1, 200)]
        assert tried.wait(10)
        assert not any(each.done() for each in waiting)
        assert desk.writer.waiting_for_database
        assert desk.inbox.rows == 199
    assert [each.result(10) for each in waiting] == [None] * 199
    assert Transition.objects.count() == 199
    assert not desk.writer.waiting_for_database
    assert desk.inbox.rows == desk.inbox.size == 0


def test_a_report_that_cannot_be_kept_does_not_take_others_with_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = desk.peer(a_service())
    keep = batch.keep

    def picky(jobs: Any, *rest: Any) -> Any:
        if any(isinstance(job.work, wire.Slice) and job.work.slot == 7 for job in jobs):
            raise IntegrityError("poison")
        return keep(jobs, *rest)

    monkeypatch.setattr(batch, "keep", picky)
    good = a_slice()
    waiting = [desk.hand_in(each, peer) for each in (a_slice(7), good, wire.Events(events=(error(1),)))]
    bad, *rest = [each.result(10) for each in waiting]
    assert bad == Refused("cannot be kept: IntegrityError")
    assert rest == [None, None]
    assert (Slice.objects.count(), ErrorGroup.objects.get().count) == (1, 1)
    assert desk.counts["refused"] == 1


def test_one_bad_report_in_a_thousand_is_found_by_halves(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = desk.peer(a_service())
    keep, tries = batch.keep, []
    gate = threading.Event()

    def picky(jobs: Any, *rest: Any) -> Any:
        assert gate.wait(10)
        tries.append(len(jobs))
        if any(event.seq == 777 for job in jobs for event in job.work.events):
            raise DataError("a number that no column takes")
        return keep(jobs, *rest)

    monkeypatch.setattr(batch, "keep", picky)
    waiting = [desk.hand_in(wire.Events(events=(error(seq),)), peer) for seq in range(1, 1001)]
    gate.set()
    results = [each.result(20) for each in waiting]
    assert [number for number, each in enumerate(results, 1) if each is not None] == [777]
    assert ErrorGroup.objects.get().count == 999
    assert desk.counts["refused"] == 1
    assert len(tries) < 60, "not one by one"


def test_what_no_database_takes_is_refused_and_what_follows_is_kept(desk: Desk) -> None:
    """For real: a whole number of more than 64 bits, which the wire would never let in."""
    peer = desk.peer(a_service())
    bad = wire.Events(events=(msgspec.structs.replace(transition(1), sequence=2**70),))
    first, second = desk.hand_in(bad, peer), desk.hand_in(wire.Events(events=(transition(2, 2),)), peer)
    assert isinstance(first.result(10), Refused)
    assert second.result(10) is None
    assert Transition.objects.get().seq == 2


class _Cause(Exception):
    """As a driver raises it."""

    def __init__(self, **facts: str) -> None:
        super().__init__()
        self.__dict__.update(facts)


@pytest.mark.parametrize(
    ("problem", "cause", "waited_for"),
    [
        (OperationalError("database is locked"), _Cause(sqlite_errorname="SQLITE_BUSY"), True),
        (OperationalError("database or disk is full"), _Cause(sqlite_errorname="SQLITE_FULL"), True),
        (OperationalError("disk I/O error"), _Cause(sqlite_errorname="SQLITE_IOERR_WRITE"), True),
        (OperationalError("no such table: recovery_slice"), _Cause(sqlite_errorname="SQLITE_ERROR"), True),
        (OperationalError("too many SQL variables"), _Cause(sqlite_errorname="SQLITE_ERROR"), False),
        (OperationalError("the server closed the connection"), None, True),
        (OperationalError("deadlock detected"), _Cause(sqlstate="40P01"), True),
        (OperationalError("could not extend file: No space left"), _Cause(sqlstate="53100"), True),
        (OperationalError("index row size exceeds maximum"), _Cause(sqlstate="54000"), False),
        (InternalError("read-only transaction"), _Cause(sqlstate="25006"), True),
        (ProgrammingError("relation does not exist"), _Cause(sqlstate="42P01"), True),
        (DataError("integer out of range"), _Cause(sqlstate="22003"), False),
        (IntegrityError("constraint"), _Cause(sqlstate="23514"), False),
        (OverflowError("int too large"), None, False),
    ],
)
def test_only_the_databases_own_trouble_is_waited_for(problem: Exception, cause: Any, waited_for: bool) -> None:
    problem.__cause__ = cause
    assert passes(problem) is waited_for


def test_told_to_stop_while_the_database_is_away_it_stops_and_acknowledges_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = desk.peer(a_service())
    with gone(monkeypatch, OperationalError("gone")) as tried:
        waiting = desk.hand_in(a_slice(), peer)
        assert tried.wait(10)
        assert not desk.writer.stop(0.05)
        assert not waiting.done()
        assert not desk.writer._thread.is_alive()
    monkeypatch.setattr(desk.writer, "_thread", None)


def test_after_a_failed_group_nothing_remembered_misleads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A group that is rolled back leaves neither names nor samples in memory that the database does not have."""
    peer = desk.peer(a_service())
    save, failures = batch.Unit.save, [OperationalError("gone at the last moment")]

    def fails_once(unit: Any) -> None:
        if failures:
            raise failures.pop()
        save(unit)

    monkeypatch.setattr(batch.Unit, "save", fails_once)
    desk.keep(wire.Events(events=(transition(1), error(2, at=now()))), peer)
    assert Transition.objects.count() == 1
    assert ErrorGroup.objects.get().occurrences.count() == 1
    assert desk.counts["events"] == 2
