"""A policy for some processes reaches those, and everybody else knows of its revision."""

from __future__ import annotations

from typing import Any

import pytest

from recovery import moment, wire
from recovery.ingest.desired_state import Known, desired_of
from recovery.ingest.hub import Hub
from recovery.live.hints import send_hint
from recovery.models import Confirmation, Policy, Process, Service
from recovery.models.shares import place
from recovery.queries.desired import progress
from tests.link.talking import Talker, a_service, breaker, db, eventually, linked

NEW, BASE = {"failure_threshold": 9}, {"failure_threshold": 3}


def publish(service: Service, fields: Any, scope: dict[str, Any]) -> int:
    revision = Service.objects.get(pk=service.pk).revision + 1
    said = {"reason": "why", "actor": "boss", "created_at": moment.now()}
    Policy.objects.create(
        service=service, kind="breaker", target="bank", fields=fields, scope=scope, revision=revision, **said
    )
    Service.objects.filter(pk=service.pk).update(revision=revision)
    send_hint("desired", service.pk, revision)
    return revision


async def obey(talker: Talker, hub: Hub) -> tuple[str, Any]:
    """The next directive, answered as the client does."""
    await hub.look()
    directive = await talker.hear_a(wire.Directive)
    scope = directive.scope
    meant = scope.kind == "all" or (scope.kind == "process" and talker.process in scope.values)
    outcome: Any = "applied" if meant else "skipped"
    said = wire.Applied(id=directive.id, revision=directive.revision, at=talker.clock(), outcome=outcome)
    await talker.say(said)
    return outcome, directive.do.fields if meant else None


async def declared(talker: Talker) -> None:
    await talker.say(wire.Declare(breakers=(breaker("bank"),)))


def runs(talker: Talker) -> Any:
    found = talker.welcome.desired.policies
    return found[0].fields if found else None


async def test_one_process_then_a_share_then_all(hub: Hub) -> None:
    service, secret = await db(a_service)
    first, second = sorted(("p1", "p2"), key=place)
    half = str((place(first) + place(second)) / 2)
    async with linked(secret, first) as inside, linked(secret, second) as outside:
        await declared(inside)
        await db(publish, service, BASE, {})
        assert await obey(inside, hub) == await obey(outside, hub) == ("applied", BASE)
        await db(publish, service, NEW, {"kind": "process", "values": [second]})
        assert await obey(inside, hub) == ("skipped", None)
        assert await obey(outside, hub) == ("applied", NEW)
        wide = await db(publish, service, NEW, {"kind": "share", "values": [half]})
        assert await obey(inside, hub) == ("applied", NEW)
        assert await obey(outside, hub) == ("skipped", None)
        await eventually(lambda: Process.objects.filter(applied_revision=wide).count() == 2)
        found = await db(progress, service, wide)
        assert [(each.uid, each.word) for each in found.processes] == [(first, "applied")]
    async with linked(secret, first) as inside, linked(secret, second) as outside, linked(secret, "zz-9") as late:
        assert runs(inside) == runs(outside) == NEW
        assert runs(late) == (NEW if place("zz-9") < float(half) else BASE)
        await db(publish, service, BASE, {})
        assert await obey(outside, hub) == ("applied", BASE)


async def test_back_to_the_codes_own_is_told_to_all(hub: Hub) -> None:
    service, secret = await db(a_service)
    await db(publish, service, NEW, {"kind": "process", "values": ["p1"]})
    async with linked(secret) as one, linked(secret, "p2") as other:
        assert (runs(one), runs(other)) == (NEW, None)
        await db(publish, service, None, {})
        assert await obey(one, hub) == await obey(other, hub) == ("applied", None)
    async with linked(secret) as one:
        assert runs(one) is None


async def test_what_a_process_could_not_take_is_the_policy_that_meant_it(hub: Hub) -> None:
    service, secret = await db(a_service)
    await db(publish, service, BASE, {})
    mine = await db(publish, service, NEW, {"kind": "process", "values": ["p1"]})
    await db(publish, service, NEW, {"kind": "process", "values": ["p2"]})
    async with linked(secret) as process:
        refusal = wire.Refusal(target="breaker", name="bank", why="unknown field")
        await process.say(wire.Applied(revision=3, at=process.clock(), refused=(refusal,)))
        row = await eventually(lambda: Confirmation.objects.filter(applied=False).first())
        assert (row.revision, row.why) == (mine, "unknown field")


async def test_who_says_hello_after_a_change_is_told_of_it_and_the_rest_is_read_once(hub: Hub) -> None:
    service, secret = await db(a_service)
    await db(publish, service, BASE, {})
    for number in range(3):
        async with linked(secret, f"p{number}") as process:
            assert runs(process) == BASE
    await db(publish, service, NEW, {"kind": "process", "values": ["p1"]})
    async with linked(secret, "p1") as one, linked(secret, "p2") as other:
        assert (runs(one), runs(other)) == (NEW, BASE)
    await db(publish, service, None, {})
    async with linked(secret, "p1") as one:
        assert runs(one) is None


@pytest.mark.django_db
def test_many_hellos_read_the_policies_once(django_assert_num_queries: Any) -> None:
    service = Service.objects.create(name="shop", created_at=moment.now())
    publish(service, BASE, {})
    known: Known = {}
    who = {"host": "h", "version": "1", "now": moment.now(), "known": known}
    with django_assert_num_queries(3):
        first = desired_of(service.pk, uid="p1", **who)
    with django_assert_num_queries(2):  # the revision and the holds
        assert desired_of(service.pk, uid="p2", **who) == first
    publish(service, NEW, {})
    with django_assert_num_queries(3):
        assert desired_of(service.pk, uid="p1", **who).policies[0].fields == NEW
