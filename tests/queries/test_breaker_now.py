"""A breaker right now: pulses of its processes, counts beside thresholds, twins told apart; and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recovery import moment, wire
from recovery.models import Breaker, Check, Command, Hold, LinkInterval, Policy
from recovery.queries.breaker import history as histories
from recovery.queries.breaker.checks import checks
from recovery.queries.breaker.head import head
from recovery.queries.breaker.history import history
from recovery.queries.breaker.live import live
from recovery.queries.breaker.processes import processes
from recovery.queries.breaker.standing import standing
from recovery.queries.breaker.which import Which, by_id, by_ids
from tests import factories as make
from tests.queries.test_breaker_chart import running


@dataclass
class Beat:
    """A pulse, and its age."""

    age: float
    pulse: wire.BreakerPulse


def beat(age: float = 0.4, state: str = "CLOSED", **told: Any) -> Beat:
    """One."""
    return Beat(age, wire.BreakerPulse(name="download.fetch", state=state, **told))


def its(what: Breaker) -> Which:
    """Its names."""
    found = by_id(what.pk)
    assert found is not None
    return found


CONFIG = {"failure_threshold": 5, "failure_rate": 50.0, "window_size": 100, "half_open_successes": 3}
WORDS = [
    (beat(streak=3, window=(100, 12, 0)), CONFIG, "3 of 5 failures in a row · 12 % of 100 calls failed"),
    (beat(streak=0), CONFIG, "0 of 5 failures in a row"),
    (beat(window=(1_200, 0, 600)), {"slow_call_rate": 80.0}, "50 % of 1,200 calls slow"),
    (beat(state="HALF-OPEN", probed=1, in_flight=1), CONFIG, "1 of 3 probes ok · 1 on its way"),
    (beat(state="HALF-OPEN"), {}, "0 of 1 probe ok"),
    (beat(state="METRICS-ONLY", streak=9), CONFIG, "9 of 5 failures in a row"),
    (beat(state="OPEN", streak=5), CONFIG, ""),
    (beat(streak=1), {"failure_threshold": "nonsense", "failure_rate": None}, ""),
]


@pytest.mark.parametrize(("told", "config", "words"), WORDS)
def test_counts_stand_beside_their_thresholds(told: Beat, config: dict[str, Any], words: str) -> None:
    assert standing(told.pulse, config) == words


def test_rates_of_fresh_pulses_add_up_over_processes() -> None:
    _, breaker = running()
    make.tens(breaker, 5)
    beats = {1: beat(calls=14.0, refused=4.0, failures=1.0), 2: beat(0.9, calls=13.0, refused=3.0, failures=0.0)}
    found = live(breaker.pk, beats)
    assert found is not None
    assert (found.figures.calls, found.figures.refused) == (27.0, 7.0)
    assert found.figures.failed == pytest.approx(5.0)
    assert found.figures.p95 is None  # percentiles of processes do not add up
    assert found.as_of == moment.now() - timedelta(seconds=0.4)


def test_without_pulses_the_last_half_minute_counts() -> None:
    _, breaker = running()
    make.tens(breaker, 5)
    found = live(breaker.pk, {})
    assert found is not None
    assert 3 < (found.figures.calls or 0) < 8
    assert found.as_of is None


def test_a_breaker_that_nobody_runs_has_no_figures_and_an_unknown_one_none() -> None:
    service = make.service()
    gone = make.breaker(service, "download.old", "", on=[make.process(service, silence="gone")])
    found = live(gone.pk, {})
    assert found is not None
    assert found.figures.calls is None
    assert live(gone.pk + 1, {}) is None


def test_the_countdown_is_the_process_s_own_as_growth_and_jitter_are_known_there() -> None:
    process, breaker = running()
    breaker.now.update(state="OPEN", probe_at=make.ago(seconds=-10))
    Breaker.objects.filter(pk=breaker.pk).update(state="OPEN", since=make.ago(seconds=50))
    beats = {process.pk: beat(1.0, "OPEN", retry_after=121.0)}
    (row,) = processes(its(breaker), beats).rows
    assert row.probe_at is not None
    assert (row.probe_at - moment.now()).total_seconds() == pytest.approx(120, abs=0.5)
    told = head(breaker.pk, beats)
    assert told is not None
    assert told.row.probe_at == row.probe_at
    (row,) = processes(its(breaker), {}).rows
    assert row.probe_at == make.ago(seconds=-10)


def test_each_process_says_its_own_rates_counts_and_age() -> None:
    process, breaker = running()
    other = make.process(breaker.service, "web-2")
    make.stands(other, breaker)
    process.__class__.objects.update(heard_at=make.ago(seconds=8))
    found = processes(its(breaker), {process.pk: beat(calls=14.0, refused=0.0, streak=3)})
    rows = {row.host: row for row in found.rows}
    assert (rows["web-1"].calls, rows["web-1"].counts) == (14.0, "3 of 5 failures in a row")
    assert rows["web-1"].heard_at == moment.now() - timedelta(seconds=0.4)
    assert (rows["web-2"].calls, rows["web-2"].counts) == (None, "")
    assert rows["web-2"].heard_at == make.ago(seconds=8)
    assert found.beating == 1


def test_a_process_that_lost_its_link_says_no_present_numbers() -> None:
    process, breaker = running()
    LinkInterval.objects.update(ended_at=make.ago(seconds=1), ending="lost")
    (row,) = processes(its(breaker), {process.pk: beat(calls=14.0)}).rows
    assert (row.silence, row.calls, row.counts) == ("cut-off", None, "")


def test_twins_of_one_host_and_pid_are_told_apart() -> None:
    process, breaker = running()
    twin = make.process(breaker.service, process.host, pid=process.pid, uid="container-b-77aa01")
    other = make.process(breaker.service, "web-9")
    for each in (twin, other):
        make.stands(each, breaker)
    told = {row.process_id: row.twin for row in processes(its(breaker), {}).rows}
    assert told == {process.pk: process.uid[-6:], twin.pk: "77aa01", other.pk: ""}


def test_processes_take_three_queries_and_do_not_look_at_who_left_long_ago() -> None:
    _, breaker = running()
    with CaptureQueriesContext(connection) as few:
        processes(its(breaker), {})
    for _ in range(20):
        make.stands(make.process(breaker.service, silence="gone"), breaker)
    with CaptureQueriesContext(connection) as many:
        found = processes(its(breaker), {})
    assert len(few) == len(many) == 4  # and its names
    assert found.total == 1


def test_names_are_found_by_key() -> None:
    _, breaker = running()
    assert {key: which.name for key, which in by_ids([breaker.pk, breaker.pk + 9]).items()} == {
        breaker.pk: "download.fetch"
    }


def test_what_happens_in_many_processes_at_once_is_told_once_with_their_names() -> None:
    first, breaker = running()
    its_processes = [first, *(make.process(breaker.service, f"web-{i}") for i in range(2, 5))]
    for index, process in enumerate(its_processes):
        make.transition(process, breaker, "CLOSED", "OPEN", at=make.ago(seconds=60 - index))
    (event,) = history(its(breaker)).events
    assert (event.word, event.more, len(event.others)) == ("Opened", 3, 3)


def test_what_happens_twice_in_one_process_is_told_twice() -> None:
    one, breaker = running()
    two = make.process(breaker.service, one.host, pid=one.pid, uid="the-twin")  # its name is the same
    for at in (4, 1):
        make.transition(one, breaker, "CLOSED", "OPEN", at=make.ago(seconds=at))
        make.transition(one, breaker, "OPEN", "CLOSED", at=make.ago(seconds=at - 0.5))
    make.transition(two, breaker, "CLOSED", "OPEN", at=make.ago(seconds=4.2))
    found = [(event.word, event.more) for event in history(its(breaker)).events]
    assert found == [("Closed", 0), ("Opened", 0), ("Closed", 0), ("Opened", 1)]


def test_older_pages_begin_where_the_last_one_ended_with_nothing_twice_and_nothing_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(histories, "MOST", 7)
    monkeypatch.setattr(histories, "SHOWN", 5)
    process, breaker = running()
    common: dict[str, Any] = {"service": breaker.service, "actor": "ana"}
    at_once = make.ago(seconds=500)
    for number in range(23):
        at = at_once if 5 < number < 9 else make.ago(seconds=number * 50)
        make.transition(process, breaker, "CLOSED", "OPEN", cause=f"t{number}", at=at)
    for number in range(9):
        at = at_once if number == 4 else make.ago(seconds=number * 111)
        Hold.objects.create(
            breaker=breaker.name, kind="trip", reason=f"h{number}", revision=number, created_at=at, **common
        )
        target = {"kind": "breaker", "target": breaker.name, "reason": f"p{number}"}
        Policy.objects.create(fields={}, revision=100 + number, created_at=at, **target, **common)
        verb = {"verb": "reset", "target": breaker.name, "reason": f"c{number}", "expires_at": at}
        Command.objects.create(
            id=f"0000000000000000000000000000000{number}", revision=200 + number, created_at=at, **verb, **common
        )
    told: list[str] = []
    times, cursor, pages = [], "", 0
    while True:
        with CaptureQueriesContext(connection) as caught:
            page = history(its(breaker), cursor)
        assert len(caught) == 5  # and its names
        told += [event.cause for event in page.events]
        times += [event.at for event in page.events]
        pages += 1
        if not page.older:
            break
        cursor = page.older
    wanted = [f"t{n}" for n in range(23)] + [f"{kind}{n}" for kind in "hpc" for n in range(9)]
    assert sorted(told) == sorted(wanted)
    assert times == sorted(times, reverse=True)
    assert pages >= 10


@pytest.mark.parametrize("cursor", ["", "x", "1-2", "-1-0-1", "9" * 60, "1-1-1-1", "\uff11-1-1"])
def test_a_cursor_that_means_nothing_is_the_newest_page(cursor: str) -> None:
    process, breaker = running()
    make.transition(process, breaker, "CLOSED", "OPEN")
    found = history(its(breaker), cursor)
    assert len(found) == 1
    assert found.before == ""


def test_checks_say_how_they_stand_and_what_they_do() -> None:
    _, breaker = running()
    common = {"service": breaker.service, "created_at": moment.now(), "next_run_at": moment.now(), "target": "db:5432"}
    for name, more in (("b", {"healthy": True}), ("a", {"healthy": False}), ("c", {"enabled": False}), ("d", {})):
        Check.objects.create(name=name, kind="tcp", **common, **more).breakers.add(breaker)
    Check.objects.create(name="other", **common)
    words = {row.name: row.word for row in checks(breaker.pk).rows}
    assert words == {"a": "unhealthy", "b": "healthy", "c": "switched off", "d": "not run yet"}
