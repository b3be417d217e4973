"""Whoever sends too much is told, and is not read until there is room: memory stays bounded, nothing is lost."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from recovery import wire
from recovery.ingest import batch, session
from recovery.ingest.inbox import Inbox
from recovery.ingest.jobs import Job
from recovery.ingest.packing import unpack
from recovery.ingest.service import Ingest
from recovery.models import LogRecord, Slice
from tests.link.talking import a_service, a_slice, db, linked, now


def logs(first: int, count: int) -> wire.Events:
    return wire.Events(
        events=tuple(
            wire.Log(seq=seq, at=now(), logger="x", level=10, message="m") for seq in range(first, first + count)
        )
    )


async def filled(inbox: Inbox, rows: int) -> None:
    """Let others run until so much has come in."""
    while inbox.rows < rows:  # noqa: ASYNC110 - nobody tells when something comes in
        await asyncio.sleep(0)


class Gate:
    """Holds the writer until it is opened."""

    def __init__(self, monkeypatch: Any) -> None:
        self.open, keep = threading.Event(), batch.keep

        def waits(*args: Any) -> Any:
            assert self.open.wait(20)
            return keep(*args)

        monkeypatch.setattr(batch, "keep", waits)


async def test_a_client_that_never_waits_for_acks_is_held_back_and_loses_nothing(
    ingest: Ingest, monkeypatch: Any
) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        gate = Gate(monkeypatch)
        frames = 10 * session.UNACKNOWLEDGED
        for number in range(frames):
            await process.say(logs(number * 5 + 1, 5))
        await filled(ingest.inbox, 5 * 2 * session.UNACKNOWLEDGED)
        for _ in range(50):
            await asyncio.sleep(0)
        assert ingest.inbox.rows == 5 * 2 * session.UNACKNOWLEDGED
        gate.open.set()
        await process.until(seq=frames * 5)
        assert await db(LogRecord.objects.count) == frames * 5


async def test_too_many_events_are_answered_by_slow_down_and_still_kept(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        for number in range(7):
            await process.say(logs(number * 1000 + 1, 1000))
        wish = await process.hear_a(wire.SlowDown)
        assert wish.events_per_second < 1000
        assert wish.reason == "too many events"
        await process.until(seq=7000)
        assert await db(LogRecord.objects.count) == 7000
        assert sum(isinstance(each, wire.SlowDown) for each in process.heard) == 1


async def test_a_busy_inbox_asks_everybody_to_slow_down(ingest: Ingest, monkeypatch: Any) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        gate = Gate(monkeypatch)
        ingest.inbox.most_rows = 20
        await process.say(logs(1, 15), a_slice(), a_slice(int(now()) // 10 - 2))
        assert (await process.hear_a(wire.SlowDown)).reason == "the database is busy"
        gate.open.set()
        await process.until(seq=15, slots={int(now()) // 10 - 2})


async def test_a_full_inbox_is_waited_for(monkeypatch: Any) -> None:
    inbox = Inbox(most_rows=10)
    first = Job(logs(1, 10))
    inbox.put(first)
    assert inbox.full
    waiting = asyncio.create_task(inbox.room())
    await asyncio.sleep(0)
    assert inbox.take(100) == [first]
    await asyncio.sleep(0)
    assert not waiting.done()  # it is taken, but not kept yet
    inbox.gone([first])
    await asyncio.wait_for(waiting, 5)
    assert (inbox.rows, inbox.size) == (0, 0)


async def test_parts_of_a_slice_are_kept_when_all_are_there(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    slot = int(now()) // 10 - 1
    names = [f"{number}-{'x' * 180}" for number in range(4000)]
    whole = a_slice(slot, breakers=tuple(wire.BreakerSlice(name=name, state="OPEN", successes=1) for name in names))
    frames = wire.encode(whole)
    assert len(frames) > 2
    async with linked(secret) as process:
        for frame in frames[:-1]:
            await process.socket.send_to(text_data=frame.decode())
        assert not await db(Slice.objects.exists)
    async with linked(secret) as process:  # what was not whole is sent again
        for frame in reversed(frames):
            await process.socket.send_to(text_data=frame.decode())
        await process.until(slots={slot})
    assert unpack((await db(Slice.objects.get)).blob) == whole


async def test_too_many_parts_end_the_link(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    for part in (a_slice(part=5, parts=3), a_slice(parts=5000)):
        async with linked(secret) as process:
            await process.say(part)
            bye, _ = await process.closed()
            assert bye is not None
            assert "parts" in bye.text
    async with linked(secret) as process:
        slot = int(now()) // 10
        await process.say(*(a_slice(slot - number, parts=2) for number in range(6)))
        assert (await process.closed())[0] is not None


async def test_acks_of_one_commit_come_in_one_frame(ingest: Ingest, monkeypatch: Any) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        gate = Gate(monkeypatch)
        slots = {int(now()) // 10 - number for number in range(1, 11)}
        await process.say(*(a_slice(slot) for slot in sorted(slots)))
        await filled(ingest.inbox, len(slots))
        gate.open.set()
        await process.until(slots=slots)
        assert sum(isinstance(each, wire.Ack) for each in process.heard) <= 2
