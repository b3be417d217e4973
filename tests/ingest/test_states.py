"""How breakers stand: per process the newest, per breaker the worst of the linked ones, written on change only."""

from __future__ import annotations

from datetime import datetime

from recovery import moment, wire
from recovery.models import Breaker, BreakerNow, Operation, Transition
from tests.ingest.desk import Desk, a_service
from tests.link.talking import breaker, now, transition


def test_the_worst_of_the_linked_processes_counts(desk: Desk) -> None:
    service = a_service()
    first, second = desk.peer(service, "p1"), desk.peer(service, "p2")
    for peer in (first, second):
        desk.keep(wire.Declare(breakers=(breaker(since=now() - 100),)), peer)
    row = Breaker.objects.get()
    assert (row.state, row.revision) == ("CLOSED", 1)
    desk.keep(wire.Events(events=(transition(1),)), second)
    row = Breaker.objects.get()
    assert (row.state, row.cause, row.revision) == ("OPEN", "5 failures in a row", 2)
    desk.leave(second)
    assert Breaker.objects.get().state == "CLOSED"
    desk.leave(first)
    assert Breaker.objects.get().state == ""
    desk.keep(wire.Declare(breakers=(breaker(since=now() - 100),)), desk.peer(service, "p1"))
    assert Breaker.objects.get().state == "CLOSED"


def test_nothing_is_written_when_nothing_changed(desk: Desk) -> None:
    service = a_service()
    declared = wire.Declare(breakers=(breaker(since=now() - 100),))
    peer = desk.peer(service)
    desk.keep(declared, peer)
    before = Breaker.objects.get()
    for _ in range(3):
        desk.keep(declared, peer)
    assert Breaker.objects.get().revision == before.revision


def test_a_clock_measured_anew_does_not_move_the_state(desk: Desk) -> None:
    service = a_service()
    since = now() - 100
    desk.keep(wire.Declare(breakers=(breaker(since=since),)), desk.peer(service))
    before = BreakerNow.objects.get().since
    desk.keep(wire.Declare(breakers=(breaker(since=since + 20),)), desk.peer(service, ahead=20.0))
    assert BreakerNow.objects.get().since == before


def test_an_older_transition_or_declaration_never_wins(desk: Desk) -> None:
    peer = desk.peer(a_service())
    desk.keep(wire.Events(events=(transition(5, 3, before="HALF-OPEN", after="CLOSED", cause="1 probe"),)), peer)
    desk.keep(wire.Events(events=(transition(3, 1), transition(4, 2, before="OPEN", after="HALF-OPEN"))), peer)
    desk.keep(wire.Declare(breakers=(breaker(state="OPEN", sequence=1),)), peer)
    row = BreakerNow.objects.get()
    assert (row.state, row.sequence, row.cause) == ("CLOSED", 3, "1 probe")
    assert row.config["recovery_timeout"] == 60.0
    assert Transition.objects.count() == 3


def test_an_open_one_says_when_it_will_probe(desk: Desk) -> None:
    peer = desk.peer(a_service())
    at = now() - 5
    desk.keep(wire.Declare(breakers=(breaker(),)), peer)
    desk.keep(wire.Events(events=(transition(1, at=at),)), peer)
    probe = BreakerNow.objects.get().probe_at
    assert isinstance(probe, datetime)
    assert abs(probe.timestamp() - at - 60) < 1
    desk.keep(wire.Events(events=(transition(2, 2, before="OPEN", after="HALF-OPEN"),)), peer)
    assert BreakerNow.objects.get().probe_at is None


def test_would_open_is_kept_and_changes_no_state(desk: Desk) -> None:
    peer = desk.peer(a_service())
    desk.keep(wire.Declare(breakers=(breaker(state="METRICS-ONLY", sequence=1),)), peer)
    desk.keep(wire.Events(events=(transition(1, 1, would_open=True, missed=2),)), peer)
    kept = Transition.objects.get()
    assert (kept.kind, kept.evidence["missed"]) == ("would_open", 2)
    assert BreakerNow.objects.get().state == "METRICS-ONLY"


def test_a_hold_is_seen_and_goes(desk: Desk) -> None:
    peer = desk.peer(a_service())
    desk.keep(wire.Events(events=(transition(1, after="FORCED-OPEN", cause="maintenance", actor="anna"),)), peer)
    hold = BreakerNow.objects.get().hold
    assert (hold["kind"], hold["reason"], hold["actor"]) == ("trip", "maintenance", "anna")
    desk.keep(wire.Events(events=(transition(2, 2, before="FORCED-OPEN", after="OPEN"),)), peer)
    assert BreakerNow.objects.get().hold is None


def test_code_and_override_are_kept_apart(desk: Desk) -> None:
    peer = desk.peer(a_service())
    declared = breaker(override={"recovery_timeout": 30.0}, revision=41, locked=True, twins=2, config_source="code")
    operation = wire.OperationDeclared(name="fetch", config={"max_attempts": 3}, locked=True)
    desk.keep(wire.Declare(breakers=(declared,), operations=(operation,)), peer)
    row, there = Breaker.objects.get(), BreakerNow.objects.get()
    assert (row.code_config["recovery_timeout"], row.locked, row.doubled) == (60.0, True, True)
    assert (there.config["recovery_timeout"], there.policy_revision, there.config_source) == (30.0, 41, "code")
    kept = Operation.objects.get()
    assert (kept.code_config, kept.locked) == ({"max_attempts": 3}, True)


def test_a_thousand_breakers_declared_at_once(desk: Desk) -> None:
    peer = desk.peer(a_service())
    breakers = tuple(breaker(f"b{number}") for number in range(1000))
    desk.keep(wire.Declare(breakers=breakers), peer)
    assert Breaker.objects.filter(state="CLOSED").count() == BreakerNow.objects.count() == 1000
    events = tuple(transition(number + 1, name=f"b{number}") for number in range(1000))
    desk.keep(wire.Events(events=events), peer)
    assert Breaker.objects.filter(state="OPEN").count() == 1000


def test_an_event_from_the_future_happened_when_it_was_heard(desk: Desk) -> None:
    peer = desk.peer(a_service())
    desk.keep(wire.Events(events=(transition(1, at=now() + 5000),)), peer)
    assert Transition.objects.get().at <= moment.now()
