"""Links begin, are replaced, fall silent and end; their intervals are kept."""

from __future__ import annotations

import pytest

from recovery import moment, wire
from recovery.ingest import closing, presence
from recovery.ingest.hub import Hub
from recovery.ingest.service import Ingest
from recovery.models import Breaker, LinkInterval, Process
from recovery.testing import FakeClock
from tests.link.talking import Talker, a_service, a_slice, breaker, db, eventually, linked, transition


async def ended(count: int = 1) -> list[LinkInterval]:
    def look() -> list[LinkInterval] | None:
        rows = list(LinkInterval.objects.exclude(ended_at=None).order_by("pk"))
        return rows if len(rows) == count else None

    return await eventually(look)


async def test_a_process_that_says_bye_has_left(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        await process.say(wire.Bye())
        assert (await process.closed())[1] == closing.NORMAL
    assert [row.ending for row in await ended()] == ["bye"]
    assert (await db(Process.objects.get)).left_at is not None


async def test_of_two_links_of_one_process_the_older_is_replaced(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as old:
        await old.say(wire.Declare(breakers=(breaker(),)), wire.Events(events=(transition(1),)))
        await old.until(seq=1)
        async with linked(secret) as new:
            bye, code = await old.closed()
            assert bye is not None
            assert (bye.reason, code) == ("replaced", closing.REPLACED)
            assert new.welcome.last_seq == 1
            assert [row.ending for row in await ended()] == ["replaced"]
            process = await db(Process.objects.get)
            assert process.left_at is None
            await new.say(wire.Events(events=(transition(2, 2, before="OPEN", after="HALF-OPEN"),)))
            await new.until(seq=2)
            assert (await db(Breaker.objects.get)).state == "HALF-OPEN"


async def test_a_second_hello_on_a_link_brings_a_new_welcome_and_no_new_interval(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        sent = a_slice()
        await process.say(sent)
        await process.until(slots={sent.slot})
        welcome = await process.hello()
        assert welcome.last_slot == sent.slot
        assert await db(LinkInterval.objects.count) == 1


async def test_a_silent_link_is_ended_and_its_breakers_are_not_known(still: FakeClock, hub: Hub) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        await process.say(wire.Declare(breakers=(breaker(),)), wire.Events(events=(transition(1),)))
        await process.until(seq=1)
        still.advance(44)
        await hub.tick()
        assert len(hub) == 1
        still.advance(2)
        await hub.tick()
        assert (await process.closed())[1] == closing.LOST
        assert len(hub) == 0
    assert [row.ending for row in await ended()] == ["lost"]
    row = await db(Breaker.objects.get)
    assert (row.state, row.since) == ("", None)


async def test_beats_keep_a_link_and_are_answered(still: FakeClock, hub: Hub) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        for _ in range(5):
            still.advance(15)
            await process.say(wire.Beat(clock=process.clock()))
            answer = await process.hear_a(wire.Beat)
            assert (answer.clock, answer.echo) == (process.clock(), process.clock())
            await hub.tick()
        assert len(hub) == 1
        row = await eventually(lambda: LinkInterval.objects.filter(heard_at=moment.now()).first())
        assert row.ended_at is None


async def test_the_sweep_ends_links_of_consoles_that_are_gone(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        await process.say(wire.Declare(breakers=(breaker(),)))
        later = moment.now() + presence.SILENCE * 1.1
        await eventually(lambda: Breaker.objects.filter(state="CLOSED").exists())
        assert await db(presence.sweep, moment.now()) == 0
        assert await db(presence.sweep, later) == 1
        assert await db(presence.sweep, later) == 0
        row = await db(LinkInterval.objects.get)
        assert (row.ending, row.ended_at) == ("lost", row.heard_at)
        assert (await db(Breaker.objects.get)).state == ""


async def test_a_link_swept_by_mistake_is_taken_up_again_when_it_is_heard(hub: Hub) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        await process.say(wire.Declare(breakers=(breaker(),)))
        await eventually(lambda: Breaker.objects.filter(state="CLOSED").exists())
        await db(presence.sweep, moment.now() + presence.SILENCE * 2)
        hub._write_heard(moment.clock().monotonic())
        await eventually(lambda: LinkInterval.objects.filter(ended_at=None, ending="").exists())
        await eventually(lambda: Breaker.objects.filter(state="CLOSED").exists())


@pytest.mark.parametrize("alone", [True, False])
async def test_a_console_that_starts_ends_what_an_earlier_one_left_open(alone: bool, ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret):
        count = await db(presence.close_stale, alone, moment.now())
        assert count == (1 if alone else 0)
        assert (await db(LinkInterval.objects.get)).ending == ("restart" if alone else "")


async def test_a_console_that_stops_says_that_it_restarts(hub: Hub) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        hub.stop()
        bye, code = await process.closed()
        assert bye is not None
        assert (bye.reason, code, bye.retry_after) == ("restart", closing.RESTARTING, 1.0)
    assert [row.ending for row in await ended()] == ["restart"]


async def test_a_clock_ten_minutes_off_is_made_into_ours(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    for number, ahead in enumerate((600.0, -600.0)):
        async with linked(secret, f"p{number}", ahead=ahead) as process:
            at = moment.now()
            theirs = process.clock()
            slot = int(theirs) // 10
            await process.say(
                wire.Declare(breakers=(breaker(since=theirs),)),
                a_slice(slot),
                wire.Events(events=(transition(1, at=theirs),)),
            )
            await process.until(slots={slot}, seq=1)

            def look(uid: str = f"p{number}") -> Process:
                return Process.objects.get(uid=uid)

            row = await db(look)
            assert abs(row.clock_offset_ms - ahead * 1000) < 2000
            assert abs((row.started_at - at).total_seconds() + 60) < 5
            kept = await db(row.transitions.get)
            assert abs((kept.at - at).total_seconds()) < 5
            piece = await db(row.slices.get)
            assert piece.own_slot == slot
            assert abs(piece.slot - at.timestamp() // 10) <= 1
            assert abs((await db(row.breakers_now.get)).since - at).total_seconds() < 5


async def test_pulses_are_seen_at_once_and_never_written(ingest: Ingest) -> None:
    owner, secret = await db(a_service)
    async with linked(secret) as process:
        pulse = wire.BreakerPulse(name="bank", state="OPEN", calls=42.0)
        await process.say(wire.Pulse(clock=process.clock(), breakers=(pulse,)), wire.Beat(clock=process.clock()))
        await process.hear_a(wire.Beat)
        assert list(ingest.pulses.of(owner.pk, "bank").values()) == [pulse]
    assert ingest.pulses.of(owner.pk, "bank") == {}


async def test_watching_asks_the_processes_of_one_service(hub: Hub) -> None:
    owner, secret = await db(a_service)
    async with linked(secret) as process:
        assert hub.watch(owner.pk, ["bank"]) == 1
        assert hub.watch(owner.pk + 1) == 0
        assert (await process.hear_a(wire.Watch)).breakers == ("bank",)


async def test_a_predecessors_open_breakers_are_told_to_who_asks(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret, "old") as old:
        await old.say(wire.Declare(breakers=(breaker(),)), wire.Events(events=(transition(1, at=old.clock() - 20),)))
        await old.until(seq=1)
    await ended()
    async with linked(secret, "new", restore=True) as new:
        (was_open,) = new.welcome.restore
        assert was_open.breaker == "bank"
        assert 19 < was_open.opened_for < 30
    async with linked(secret, "other", service_version="2", restore=True) as other:
        assert other.welcome.restore == ()
    async with linked(secret, "third") as third:
        assert third.welcome.restore == ()


async def test_a_socket_that_breaks_is_a_lost_link(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    talker = Talker(secret)
    await talker.socket.connect()
    await talker.hello()
    await talker.socket.disconnect(code=1006)
    assert [row.ending for row in await ended()] == ["lost"]
