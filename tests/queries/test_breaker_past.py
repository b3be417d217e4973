"""The ribbon: the worst of a breaker's processes at each moment, from what each of them told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recovery import moment
from recovery.models import Breaker, BreakerTen, Command, Hold, LinkInterval, Policy, Process
from recovery.queries.breaker import past_states as past
from recovery.queries.breaker.chart import chart
from recovery.queries.breaker.past_states import Stay, past_states, worst
from recovery.testing import FakeClock
from tests import factories as make
from tests.queries.test_breaker_chart import drawn, rolled, running


def stays(what: Breaker, minutes: float = 15) -> list[tuple[float, float, str]]:
    """How it stood, in seconds before now."""
    now = moment.now().timestamp()
    found = past_states(what.pk, what.service_id, now - minutes * 60, now)
    return [(round(now - stay.start), round(now - stay.end), stay.state) for stay in found.stays]


def test_of_processes_that_disagree_the_worst_counts_at_each_moment() -> None:
    one, breaker = running()
    two = make.process(breaker.service)
    make.stands(two, breaker)
    make.transition(one, breaker, "CLOSED", "OPEN", at=make.ago(seconds=600))
    make.transition(two, breaker, "CLOSED", "OPEN", at=make.ago(seconds=500))
    make.transition(one, breaker, "OPEN", "HALF-OPEN", at=make.ago(seconds=450))
    make.transition(one, breaker, "HALF-OPEN", "CLOSED", at=make.ago(seconds=400))
    make.transition(two, breaker, "OPEN", "HALF-OPEN", at=make.ago(seconds=300))
    make.transition(two, breaker, "HALF-OPEN", "CLOSED", at=make.ago(seconds=290))
    assert stays(breaker) == [(600, 300, "OPEN"), (300, 290, "HALF-OPEN")]


def test_what_happened_before_the_span_still_holds_in_it() -> None:
    process, breaker = running()
    make.transition(process, breaker, "CLOSED", "OPEN", at=make.ago(hours=2))
    breaker.now.update(state="OPEN", since=make.ago(hours=2))
    assert stays(breaker) == [(900, 0, "OPEN")]
    make.transition(process, breaker, "OPEN", "HALF-OPEN", at=make.ago(seconds=60))
    breaker.now.update(state="HALF-OPEN", since=make.ago(seconds=60))
    assert stays(breaker) == [(900, 60, "OPEN"), (60, 0, "HALF-OPEN")]


def test_a_process_that_left_while_open_counts_until_it_left() -> None:
    process, breaker = running()
    make.transition(process, breaker, "CLOSED", "OPEN", at=make.ago(seconds=700))
    breaker.now.update(state="OPEN", since=make.ago(seconds=700))
    LinkInterval.objects.update(ended_at=make.ago(seconds=500), ending="bye")
    Process.objects.update(left_at=make.ago(seconds=500), heard_at=make.ago(seconds=500))
    assert stays(breaker) == [(700, 500, "OPEN")]


def test_what_happened_while_a_link_was_lost_is_told_afterwards() -> None:
    process, breaker = running()
    LinkInterval.objects.update(ended_at=make.ago(seconds=700), ending="lost")
    LinkInterval.objects.create(process=process, began_at=make.ago(seconds=100), heard_at=moment.now())
    make.transition(process, breaker, "CLOSED", "FORCED-OPEN", at=make.ago(seconds=400))
    make.transition(process, breaker, "FORCED-OPEN", "CLOSED", at=make.ago(seconds=380))
    assert stays(breaker) == [(400, 380, "FORCED-OPEN")]
    told = [point for point in drawn(breaker).drawn.points if not point.linked]
    assert {point.state for point in told} >= {"none", "forced-open"}


def test_what_would_have_opened_did_not() -> None:
    process, breaker = running()
    make.transition(process, breaker, "METRICS-ONLY", "OPEN", kind="would_open", at=make.ago(seconds=100))
    assert stays(breaker) == []


def test_beyond_the_bound_the_reports_of_each_step_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    process, breaker = running()
    monkeypatch.setattr(past, "MOST_CHANGES", 4)
    for back in range(600, 0, -100):
        make.transition(process, breaker, "CLOSED", "OPEN", at=make.ago(seconds=back))
        make.transition(process, breaker, "OPEN", "CLOSED", at=make.ago(seconds=back - 20))
    BreakerTen.objects.create(breaker=breaker, at=make.slot(700), admitted=1, worst="HALF-OPEN")
    assert stays(breaker) == [(200, 180, "OPEN"), (100, 80, "OPEN")]
    states = [point.state for point in drawn(breaker).drawn.points]
    assert states.count("half-open") == 1
    assert states.count("open") == pytest.approx(4, abs=2)


def test_the_sweep_is_right_by_brute_force() -> None:
    its = [Stay(0, 10, "OPEN"), Stay(5, 20, "HALF-OPEN"), Stay(8, 9, "FORCED-OPEN"), Stay(30, 40, "DISABLED")]
    its += [Stay(35, 50, "METRICS-ONLY"), Stay(0, 100, "CLOSED")]
    order = ["FORCED-OPEN", "OPEN", "HALF-OPEN", "METRICS-ONLY", "DISABLED"]
    for tick in range(100):
        at = tick + 0.5
        there = [stay.state for stay in its if stay.start <= at < stay.end and stay.state in order]
        found = [stay.state for stay in worst(its) if stay.start <= at < stay.end]
        assert found == sorted(there, key=order.index)[:1]


def test_the_ribbon_says_how_long_each_state_lasted() -> None:
    process, breaker = running()
    make.transition(process, breaker, "CLOSED", "OPEN", at=make.ago(seconds=500))
    make.transition(process, breaker, "OPEN", "CLOSED", at=make.ago(seconds=200))
    lengths = dict(drawn(breaker).ribbon.lengths)
    assert lengths == {"closed": pytest.approx(600, abs=2), "open": pytest.approx(300, abs=2)}
    assert [part.state for part in drawn(breaker).ribbon.stretches] == ["closed", "open", "closed"]


def test_a_flapping_breaker_draws_a_bounded_ribbon() -> None:
    process, breaker = running()
    for back in range(900, 0, -2):
        before, after = ("CLOSED", "OPEN") if back % 4 else ("OPEN", "CLOSED")
        make.transition(process, breaker, before, after, at=make.ago(seconds=back))
    with CaptureQueriesContext(connection) as caught:
        found = drawn(breaker)
    assert len(found.ribbon.stretches) <= 250
    assert len(caught) == 16


def test_policies_holds_resets_and_versions_are_marked(clock: FakeClock) -> None:
    _, breaker = running(version="1.0.0")
    clock.advance(3600)
    rolled()
    common = {"service": breaker.service, "actor": "ana"}
    mine = {"breaker": breaker.name, "kind": "trip"}
    Policy.objects.create(
        kind="breaker",
        target=breaker.name,
        fields={},
        reason="slow",
        revision=7,
        created_at=make.ago(minutes=8),
        **common,
    )
    Hold.objects.create(
        revision=8, created_at=make.ago(minutes=30), ended_at=make.ago(minutes=12), reason="works", **mine, **common
    )
    Hold.objects.create(revision=3, created_at=make.ago(minutes=50), ended_at=make.ago(minutes=40), **mine, **common)
    Command.objects.create(
        id="00000000-0000-0000-0000-000000000009", verb="reset", target=breaker.name, revision=9,
        created_at=make.ago(minutes=5), expires_at=make.ago(minutes=4), **common,
    )  # fmt: skip
    Process.objects.update(heard_at=moment.now())
    make.process(breaker.service, version="1.1.0", first_seen_at=make.ago(minutes=3))
    make.process(breaker.service, version="1.0.0", first_seen_at=make.ago(minutes=2))  # it was there before
    found = [(mark.what.word, mark.what.actor, mark.width > 0) for mark in drawn(breaker).marks]
    assert found == [
        ("held open", "ana", True),
        ("policy r7", "ana", False),
        ("reset", "ana", False),
        ("version 1.1.0", "", False),
    ]
    held = drawn(breaker).marks[0]
    assert held.x == 0
    assert held.width == pytest.approx(200, abs=15)  # three of fifteen minutes
    told = [told for _, told in drawn(breaker).drawn.rows if told]
    assert told == ["held open by ana", "policy r7 by ana", "reset by ana", "version 1.1.0"]


def test_marks_are_capped() -> None:
    _, breaker = running()
    for number in range(40):
        Policy.objects.create(
            service=breaker.service, kind="breaker", target=breaker.name, fields={}, reason="again", actor="ana",
            revision=number + 1, created_at=make.ago(seconds=800 - number),
        )  # fmt: skip
    found = drawn(breaker)
    assert len(found.marks) == 20
    assert found.capped
    assert found.marks[-1].what.word == "policy r40"


def test_a_chart_of_ninety_days_reads_its_processes_by_index(clock: FakeClock) -> None:
    """Processes that came and went before the span are not among those that are looked at."""
    _, breaker = running()
    for number in range(30):
        old = make.process(breaker.service, silence="lost", heard_at=make.ago(days=5), first_seen_at=make.ago(days=6))
        LinkInterval.objects.filter(process=old).update(began_at=make.ago(days=6), ended_at=make.ago(days=5))
        make.stands(old, breaker, "OPEN", since=make.ago(days=6, minutes=-number))
    assert stays(breaker) == []
    found = chart(breaker.pk, "7d")
    assert found is not None
    assert found.ribbon.stretches[0].state != "open"
    assert timedelta(seconds=dict(found.ribbon.lengths)["open"]) == pytest.approx(
        timedelta(days=1), abs=timedelta(hours=1)
    )


def test_of_what_is_still_to_come_nothing_is_said(clock: FakeClock) -> None:
    clock.advance(86_400 - moment.now().timestamp() % 86_400 + 3_600)  # an hour into a day
    rolled()
    process, breaker = running()
    make.transition(process, breaker, "CLOSED", "OPEN", at=make.ago(minutes=30))
    breaker.now.update(state="OPEN", since=make.ago(minutes=30))
    LinkInterval.objects.update(began_at=make.ago(days=100))
    found = drawn(breaker, "90d")
    assert dict(found.ribbon.lengths)["open"] == pytest.approx(1_800, abs=1)
    assert sum(dict(found.ribbon.lengths).values()) == pytest.approx(89 * 86_400 + 3_600, abs=1)
    assert found.ribbon.stretches[-1].state in {"none", "open"}


def test_what_is_forgotten_of_processes_that_are_gone_is_worked_out_from_what_they_told() -> None:
    """Hours after a process is gone nobody knows how its breakers stood, nor which it had."""
    new, breaker = running()
    Breaker.objects.filter(pk=breaker.pk).update(first_seen_at=make.ago(days=30))
    LinkInterval.objects.filter(process=new).update(began_at=make.ago(hours=5))
    old = make.process(breaker.service, silence="gone", heard_at=make.ago(hours=5), first_seen_at=make.ago(days=20))
    LinkInterval.objects.filter(process=old).update(began_at=make.ago(hours=40), ended_at=make.ago(hours=5))
    make.transition(old, breaker, "CLOSED", "METRICS-ONLY", at=make.ago(hours=30))
    assert stays(breaker, minutes=24 * 60) == [(24 * 3600, 5 * 3600, "METRICS-ONLY")]
    found = drawn(breaker, "24h")
    assert {point.silence for point in found.drawn.points} <= {"", "pending"}  # it was linked, and idle
    assert dict(found.ribbon.lengths)["metrics-only"] == pytest.approx(18.5 * 3600, abs=3700)


def test_before_a_breaker_was_there_is_no_data() -> None:
    process, breaker = running()
    Breaker.objects.filter(pk=breaker.pk).update(first_seen_at=make.ago(minutes=5))
    LinkInterval.objects.filter(process=process).update(began_at=make.ago(days=1))
    silences = [point.silence for point in drawn(breaker).drawn.points]
    assert silences.count("none") == pytest.approx(60, abs=2)
    assert silences[-1] == ""
