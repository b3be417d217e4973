"""Holding breakers: what is written, what is refused, what ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from recovery import moment
from recovery.actions import commands, holds
from recovery.actions.problems import Held, Invalid, NotAllowed, Unchanged, UnknownBreaker
from recovery.models import AuditEntry, Breaker, Command, Hold, Service
from recovery.permissions import Role
from recovery.queries.desired import holds_of
from recovery.testing import FakeClock
from tests.actions.people import BOSS, person

HOST = {"kind": "host", "values": ["web-1"]}


def in_force(service: Service) -> list[tuple[str, dict[str, Any]]]:
    return [(each.kind, each.scope) for each in holds_of(service, "bank")]


@pytest.mark.parametrize(
    ("act", "kind"), [(holds.trip, "trip"), (holds.disable, "disable"), (holds.observe, "observe")]
)
def test_a_hold_is_a_revision_with_its_audit_entry(act: Any, kind: str, service: Service) -> None:
    made = act(service, "bank", actor=BOSS, reason=" bank is down ", seconds=90)
    service.refresh_from_db()
    assert (made.kind, made.revision, service.revision, made.reason, made.actor) == (kind, 1, 1, "bank is down", "boss")
    assert made.ends_at == moment.now() + timedelta(seconds=90)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.target, entry.revision, entry.reason, entry.before) == (
        kind,
        "bank",
        1,
        "bank is down",
        [],
    )
    assert entry.after["until"] == made.ends_at.isoformat()


def test_a_newer_hold_replaces_what_it_covers(service: Service) -> None:
    holds.trip(service, "bank", actor=BOSS, reason="one", scope=HOST)
    holds.observe(service, "bank", actor=BOSS, reason="two", scope=HOST)
    assert in_force(service) == [("observe", HOST)]
    holds.trip(service, "bank", actor=BOSS, reason="three", scope={"kind": "version", "values": ["2"]})
    assert len(in_force(service)) == 2
    holds.disable(service, "bank", actor=BOSS, reason="four")
    assert in_force(service) == [("disable", {})]
    assert AuditEntry.objects.order_by("-pk")[0].before[0]["kind"] == "observe"


def test_a_release_ends_what_has_its_scope(service: Service) -> None:
    holds.trip(service, "bank", actor=BOSS, reason="one", scope=HOST)
    with pytest.raises(Unchanged):
        holds.release(service, "bank", actor=BOSS, scope={"kind": "host", "values": ["web-2"]})
    made = holds.release(service, "bank", actor=BOSS, scope=HOST)
    assert made.ended_at is not None
    assert in_force(service) == []
    with pytest.raises(Unchanged):
        holds.release(service, "bank", actor=BOSS)
    service.refresh_from_db()
    assert service.revision == 2


def test_a_narrow_release_stands_until_the_wide_hold_goes(service: Service) -> None:
    holds.trip(service, "bank", actor=BOSS, reason="all")
    exception = holds.release(service, "bank", actor=BOSS, scope=HOST)
    assert exception.ended_at is None
    holds.release(service, "bank", actor=BOSS)
    exception.refresh_from_db()
    assert exception.ended_at is not None


BAD: list[tuple[str, dict[str, Any]]] = [
    ("reason", {"reason": " "}),
    ("reason", {"reason": "x" * 501}),
    ("seconds", {"seconds": 0}),
    ("seconds", {"seconds": -5}),
    ("seconds", {"seconds": float("nan")}),
    ("seconds", {"seconds": 400 * 86400}),
    ("until", {"until": datetime(2001, 1, 1)}),  # noqa: DTZ001 - without a zone
    ("until", {"seconds": 5, "until": moment.now()}),
    ("scope", {"scope": {"kind": "galaxy", "values": ["x"]}}),
    ("scope", {"scope": {"kind": "host", "values": []}}),
    ("scope", {"scope": {"kind": "host", "values": ["x" * 201]}}),
    ("scope", {"scope": {"kind": "host", "values": [str(number) for number in range(501)]}}),
]


@pytest.mark.parametrize(("field", "how"), BAD)
def test_what_is_wrong_is_named_and_nothing_is_changed(field: str, how: dict[str, Any], service: Service) -> None:
    with pytest.raises(Invalid) as caught:
        holds.trip(service, "bank", **({"actor": BOSS, "reason": "why"} | how))
    assert field in caught.value.problems
    service.refresh_from_db()
    assert service.revision == 0
    assert not AuditEntry.objects.exists()


def test_an_end_in_the_past_is_refused(service: Service) -> None:
    with pytest.raises(Invalid, match="future"):
        holds.trip(service, "bank", actor=BOSS, reason="why", until=moment.now())


@pytest.mark.parametrize("act", [holds.trip, holds.release, commands.reset, commands.probe])
def test_an_unknown_breaker_is_never_made(act: Any, service: Service) -> None:
    with pytest.raises(UnknownBreaker):
        act(service, "no such", actor=BOSS, reason="why")
    assert Breaker.objects.count() == 1
    assert not Hold.objects.exists()


@pytest.mark.parametrize("act", [holds.trip, holds.release, commands.reset, commands.probe])
@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_who_may_not_is_refused_and_written_down(act: Any, role: Role | None, service: Service) -> None:
    with pytest.raises(NotAllowed):
        act(service, "bank", actor=person(role), reason="why")
    entry = AuditEntry.objects.get()
    assert (entry.refused, entry.origin, entry.request_id) == (True, "page 10.0.0.1", "req-12345678")
    assert not Hold.objects.exists()


def test_an_operator_may(service: Service) -> None:
    assert holds.trip(service, "bank", actor=person(Role.OPERATOR), reason="why").actor == "operator"


def test_a_hold_that_is_over_is_recorded_once(service: Service, clock: FakeClock) -> None:
    made = holds.trip(service, "bank", actor=BOSS, reason="down", seconds=20)
    assert holds.end_due() == 0
    clock.advance(20)
    assert in_force(service) == []
    assert holds.end_due() == 1
    assert holds.end_due() == 0
    made.refresh_from_db()
    assert made.ended_at == moment.now()
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.act, entry.actor, entry.reason) == ("end trip", "Recovery", "its end was reached")


def test_a_command_lives_for_a_minute(service: Service) -> None:
    made = commands.probe(service, "bank", actor=BOSS).command
    assert (made.verb, made.target, made.revision) == ("probe", "bank", 1)
    assert made.expires_at - made.created_at == timedelta(seconds=60)
    assert AuditEntry.objects.get().after["command"] == str(made.pk)


def test_a_reset_withdraws_the_hold_that_it_ends(service: Service) -> None:
    holds.trip(service, "bank", actor=BOSS, reason="down")
    done = commands.reset(service, "bank", actor=BOSS)
    assert done.release is not None
    assert (done.command.revision, done.release.revision) == (2, 3)
    assert in_force(service) == []
    assert commands.reset(service, "bank", actor=BOSS).release is None


def test_a_reset_beside_a_hold_takes_no_revision_that_nothing_stands_for(service: Service) -> None:
    """Links would look for it forever."""
    holds.trip(service, "bank", actor=BOSS, reason="down", scope={"kind": "host", "values": ["web-1"]})
    done = commands.reset(service, "bank", actor=BOSS, scope={"kind": "host", "values": ["web-2"]})
    assert done.release is None
    assert Service.objects.get(pk=service.pk).revision == done.command.revision
    assert len(in_force(service)) == 1


def test_the_machine_never_acts_over_an_operators_hold(service: Service) -> None:
    holds.trip(service, "bank", actor=BOSS, reason="down")
    with pytest.raises(Held):
        commands.reset(service, "bank", actor=BOSS, unless_held=True)
    assert not Command.objects.exists()
    assert AuditEntry.objects.order_by("-pk")[0].refused
    holds.release(service, "bank", actor=BOSS)
    made = commands.reset(service, "bank", actor=BOSS, unless_held=True).command
    assert made.arguments == {"unless_held": True}


def test_many_acts_may_share_a_parent(service: Service) -> None:
    from recovery.actions.audit import record

    parent = record(BOSS, "trip several", target="all matching")
    holds.trip(service, "bank", actor=BOSS, reason="down", parent=parent)
    assert [child.act for child in parent.children.all()] == ["trip"]
