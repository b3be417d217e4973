"""What operators want reaches the processes, once, and each confirms it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from recovery import moment, wire
from recovery.actions import commands, holds, policies
from recovery.ingest import hub as hubs
from recovery.ingest.hub import Hub
from recovery.models import Command, Confirmation, Process, Service
from recovery.queries.desired import Progress, progress
from recovery.testing import FakeClock
from tests.link.talking import BOSS, Talker, a_service, breaker, db, eventually, linked


async def with_breaker(talker: Talker, name: str = "bank") -> None:
    """Declare one, and wait until it is there."""
    await talker.say(wire.Declare(breakers=(breaker(name),), operations=(wire.OperationDeclared(name="fetch"),)))
    await talker.say(wire.Events(events=(wire.Log(seq=1, at=1.0, logger="x", level=10, message="m"),)))
    await talker.until(seq=1)


async def hear_next(hub: Hub, talker: Talker) -> wire.Directive:
    await hub.look()
    return await talker.hear_a(wire.Directive)


async def confirm(talker: Talker, directive: wire.Directive, outcome: Any = "applied", **more: Any) -> None:
    said = wire.Applied(id=directive.id, revision=directive.revision, at=talker.clock(), outcome=outcome, **more)
    await talker.say(said)


async def words(service: Service, revision: int) -> list[str]:
    found = await db(progress, service, revision)
    assert isinstance(found, Progress)
    return [each.word for each in found.processes]


async def test_a_hold_is_sent_once_and_confirmed(hub: Hub) -> None:
    service, secret = await db(a_service)
    async with linked(secret) as process:
        await with_breaker(process)
        held = await db(holds.trip, service, "bank", actor=BOSS, reason="bank is down", seconds=60)
        directive = await hear_next(hub, process)
        assert directive.do == wire.HoldAct(breaker="bank", hold="trip", until=held.ends_at.timestamp())
        assert (directive.revision, directive.base, directive.actor, directive.reason) == (1, 0, "boss", "bank is down")
        await eventually(lambda: Confirmation.objects.filter(revision=1, applied=None, at=None).exists())
        assert await words(service, 1) == ["sent"]
        await hub.look()
        await confirm(process, directive)
        row = await eventually(lambda: Confirmation.objects.filter(applied=True).first())
        assert row.sent_at is not None
        assert await words(service, 1) == ["applied"]
        assert (await db(Process.objects.get)).applied_revision == 1
        assert await process.socket.receive_nothing(0.05)


async def test_what_was_missed_comes_with_the_welcome(hub: Hub) -> None:
    service, secret = await db(a_service)
    async with linked(secret) as process:
        await with_breaker(process)
    held = await db(holds.disable, service, "bank", actor=BOSS, reason="noise")
    fields = {"recovery_timeout": 30}
    await db(policies.publish, service, "breaker", "bank", fields, actor=BOSS, base=0, reason="faster")
    async with linked(secret) as process:
        desired = process.welcome.desired
        assert desired.revision == 2
        assert [(each.breaker, each.kind, each.revision) for each in desired.holds] == [("bank", "disable", 1)]
        assert [(each.target, each.name, each.fields) for each in desired.policies] == [
            ("breaker", "bank", {"recovery_timeout": 30.0})
        ]
        await process.say(wire.Applied(revision=2, at=process.clock()))
        await eventually(lambda: Process.objects.filter(applied_revision=2).exists())
        assert await words(service, 1) == await words(service, 2) == ["applied"]
        await hub.look()
        assert await process.socket.receive_nothing(0.05)
        released = await db(holds.release, service, "bank", actor=BOSS)
        directive = await hear_next(hub, process)
        assert (directive.do, directive.base) == (wire.ReleaseAct(breaker="bank"), 2)
    assert held.revision < released.revision


async def test_a_refusal_says_why(hub: Hub) -> None:
    service, secret = await db(a_service)
    async with linked(secret) as process:
        await with_breaker(process)
        await db(policies.publish, service, "breaker", "bank", {"window_size": 7}, actor=BOSS, base=0, reason="smaller")
        directive = await hear_next(hub, process)
        await confirm(process, directive, "refused", why="unknown field")
        await eventually(lambda: Confirmation.objects.filter(applied=False, why="unknown field").exists())
        assert await words(service, 1) == ["refused"]
        refusal = wire.Refusal(target="breaker", name="bank", why="still unknown")
        await process.say(wire.Applied(revision=1, at=process.clock(), refused=(refusal,)))
        await eventually(lambda: Confirmation.objects.filter(applied=False, why="still unknown").exists())


async def test_a_scope_is_sent_to_all_and_confirmed_by_those_it_means(hub: Hub) -> None:
    service, secret = await db(a_service)
    async with linked(secret, "p1", host="web-1") as one, linked(secret, "p2", host="web-2") as two:
        await with_breaker(one)
        await with_breaker(two)
        scope = {"kind": "host", "values": ["web-2"]}
        await db(holds.trip, service, "bank", actor=BOSS, reason="one host", scope=scope)
        await hub.look()
        for talker, outcome in ((one, "skipped"), (two, "applied")):
            directive = await talker.hear_a(wire.Directive)
            assert directive.scope == wire.Scope(kind="host", values=("web-2",))
            await confirm(talker, directive, outcome)
        await eventually(lambda: Confirmation.objects.filter(applied=True).exists())
        found = await db(progress, service, 1)
        assert [(each.host, each.word) for each in found.processes] == [("web-2", "applied")]
        assert (await db(Process.objects.get, uid="p1")).applied_revision == 1
    async with linked(secret, "p3", host="web-2") as late, linked(secret, "p4", host="web-9") as other:
        assert [each.breaker for each in late.welcome.desired.holds] == ["bank"]
        assert other.welcome.desired.holds == ()


async def test_a_narrow_release_is_an_exception_from_a_wide_hold(hub: Hub) -> None:
    service, secret = await db(a_service)
    async with linked(secret) as process:
        await with_breaker(process)
    await db(holds.trip, service, "bank", actor=BOSS, reason="all")
    await db(holds.release, service, "bank", actor=BOSS, scope={"kind": "host", "values": ["web-2"]})
    async with linked(secret, "a", host="web-1") as one, linked(secret, "b", host="web-2") as two:
        assert len(one.welcome.desired.holds) == 1
        assert two.welcome.desired.holds == ()
    await db(holds.trip, service, "bank", actor=BOSS, reason="all again")
    async with linked(secret, "b2", host="web-2") as two:
        assert len(two.welcome.desired.holds) == 1


async def test_a_command_is_done_once_by_whoever_is_linked_in_time(still: FakeClock, hub: Hub) -> None:
    service, secret = await db(a_service)
    async with linked(secret) as process:
        await with_breaker(process)
        made = (await db(commands.reset, service, "bank", actor=BOSS)).command
        directive = await hear_next(hub, process)
        assert (directive.id, directive.do, directive.revision) == (str(made.pk), wire.ResetAct(breaker="bank"), 0)
        assert directive.expires == made.expires_at.timestamp() == moment.now().timestamp() + 60
    async with linked(secret) as process:  # it was sent, but not answered
        directive = await process.hear_a(wire.Directive)
        assert directive.id == str(made.pk)
        await confirm(process, directive)
        await eventually(lambda: Confirmation.objects.filter(applied=True).exists())
    async with linked(secret) as process:
        assert await process.socket.receive_nothing(0.05)
    still.advance(61)
    async with linked(secret, "late") as process:
        assert await process.socket.receive_nothing(0.05)
        found = await db(progress, service, made.revision)
        assert found.expired


async def test_a_reset_comes_before_the_release_of_the_hold_that_it_ends(hub: Hub) -> None:
    service, secret = await db(a_service)
    async with linked(secret) as process:
        await with_breaker(process)
        await db(holds.trip, service, "bank", actor=BOSS, reason="down")
        await hear_next(hub, process)
        await db(commands.reset, service, "bank", actor=BOSS, reason="it is back")
        reset = await hear_next(hub, process)
        release = await process.hear_a(wire.Directive)
        assert (type(reset.do), type(release.do)) == (wire.ResetAct, wire.ReleaseAct)
        assert (release.revision, release.base) == (3, 1)


async def test_who_comes_with_an_older_welcome_while_others_are_told_misses_nothing(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, secret = await db(a_service)
    read = hubs._news
    async with linked(secret) as process:
        await with_breaker(process)
        await db(commands.probe, service, "bank", actor=BOSS)
        assert (await hear_next(hub, process)).do == wire.ProbeAct(breaker="bank")
        (session,) = hub.sessions(service.pk)

        def meanwhile(oldest: dict[int, int]) -> Any:
            session.revision = 0  # as one who said hello before the probe, and is added only now
            return read(oldest)

        await db(commands.reset, service, "bank", actor=BOSS)
        monkeypatch.setattr(hubs, "_news", meanwhile)
        await hub.look()
        monkeypatch.undo()
        await hub.look()
        told = [(await process.hear_a(wire.Directive)).do for _ in range(2)]
        assert told == [wire.ProbeAct(breaker="bank"), wire.ResetAct(breaker="bank")]


async def test_five_hundred_directives_at_once_reach_everybody_in_order(hub: Hub) -> None:
    service, secret = await db(a_service)

    def many() -> None:
        for number in range(500):
            policies.publish(
                service, "breaker", "bank", {"window_size": number + 1}, actor=BOSS, base=number, reason="again"
            )

    async with linked(secret, "p1") as one, linked(secret, "p2") as two:
        await with_breaker(one)
        await db(many)
        await hub.look()
        for talker in (one, two):
            revisions = [(await talker.hear_a(wire.Directive)).revision for _ in range(500)]
            assert revisions == list(range(1, 501))
        await eventually(lambda: Confirmation.objects.count() == 1000)


async def test_a_confirmation_of_nothing_we_said_is_ignored(hub: Hub) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        for key in ("r99", "r1x", "nonsense", "6a9b1f0e-9c1e-4f0a-8f5e-000000000000"):
            await process.say(wire.Applied(id=key, revision=99, at=process.clock()))
        await with_breaker(process)
        assert not await db(Confirmation.objects.exists)


async def test_ends_are_in_console_time_whatever_the_clock_of_the_process(hub: Hub) -> None:
    service, secret = await db(a_service)
    async with linked(secret, ahead=300.0) as process:
        await with_breaker(process)
        held = await db(
            holds.trip, service, "bank", actor=BOSS, reason="down", until=moment.now() + timedelta(minutes=1)
        )
        directive = await hear_next(hub, process)
        assert directive.do.until == held.ends_at.timestamp()
        await confirm(process, directive)
        row = await eventually(lambda: Confirmation.objects.filter(applied=True).first())
        assert abs((row.at - moment.now()).total_seconds()) < 10
    assert not await db(Command.objects.exists)
