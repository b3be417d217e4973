"""Hello, declare, slice and events: kept, then acknowledged."""

from __future__ import annotations

from recovery import wire
from recovery.ingest.packing import unpack
from recovery.models import Breaker, BreakerNow, ErrorGroup, LinkInterval, Occurrence, Process, Slice, Transition
from tests.link.talking import a_service, a_slice, breaker, db, error, eventually, linked, now, transition


async def test_a_process_is_welcomed_and_appears(ingest: object) -> None:
    service, secret = await db(a_service)
    async with linked(secret, can=("restart",), labels={"zone": "b"}) as process:
        assert process.welcome.protocol == 1
        assert abs(process.welcome.clock - now()) < 5
        assert process.welcome.desired == wire.Desired(revision=0)
        row = await db(Process.objects.get)
        assert (row.service_id, row.uid, row.host, row.pid, row.version) == (service.pk, "p1", "web-1", 4711, "2026.1")
        assert row.capabilities == ["restart"]
        assert row.labels == {"zone": "b"}
        assert (await db(LinkInterval.objects.get)).ended_at is None
    ended = await eventually(lambda: LinkInterval.objects.exclude(ended_at=None).first())
    assert ended.ending == "lost"


async def test_what_is_acknowledged_is_in_the_database(ingest: object) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        sent = a_slice()
        await process.say(
            wire.Declare(breakers=(breaker(),), operations=(wire.OperationDeclared(name="fetch"),)),
            sent,
            wire.Events(events=(transition(1), error(2))),
        )
        await process.until(slots={sent.slot}, seq=2)
        assert unpack((await db(Slice.objects.get)).blob) == sent
        happened = await db(Transition.objects.get)
        assert (happened.before, happened.after, happened.cause) == ("CLOSED", "OPEN", "5 failures in a row")
        assert (await db(BreakerNow.objects.get)).state == "OPEN"
        row = await db(Breaker.objects.get)
        assert (row.name, row.state, row.cause) == ("bank", "OPEN", "5 failures in a row")
        assert (row.last_failure_type, row.last_failure_text) == ("TimeoutError", "timed out")
        group = await db(ErrorGroup.objects.get)
        assert (group.count, group.title, group.status) == (1, "TimeoutError in charge", "new")
        assert await db(Occurrence.objects.count) == 1


async def test_repeats_change_nothing(ingest: object) -> None:
    _, secret = await db(a_service)
    events = wire.Events(events=(transition(1), error(2), error(3)))
    sent = a_slice()
    for _ in range(2):
        async with linked(secret) as process:
            await process.say(wire.Declare(breakers=(breaker(),)), sent, sent, events, events)
            await process.until(slots={sent.slot}, seq=3)
    assert await db(Slice.objects.count) == 1
    assert await db(Transition.objects.count) == 1
    assert (await db(ErrorGroup.objects.get)).count == 2
    assert await db(Occurrence.objects.count) == 2
