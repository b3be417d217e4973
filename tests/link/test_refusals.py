"""Who is not let in, what is not taken, and how each is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from recovery import wire
from recovery.actions.tokens import revoke_token
from recovery.ingest import closing
from recovery.ingest.hub import Hub
from recovery.ingest.service import Ingest
from recovery.models import Breaker, ErrorGroup, Process, Slice, Token, Transition
from tests.link.talking import BOSS, Talker, a_service, a_slice, breaker, db, error, linked, transition


@pytest.mark.parametrize("secret", [None, "", "rcv_unknown", "x" * 5000, "rcv_\udcff"])
async def test_an_unknown_token_is_told_that_it_holds_not(secret: str | None, ingest: Ingest) -> None:
    talker = Talker(secret.encode("utf-8", "replace").decode() if secret else secret)
    await talker.socket.connect()
    bye, code = await talker.closed()
    assert bye is not None
    assert (bye.reason, code) == ("revoked", closing.REVOKED)
    assert ingest.counts["refused_tokens"] == 1


async def test_a_revoked_token_is_refused_and_its_links_are_ended(hub: Hub) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        token = await db(Token.objects.select_related("service").get)
        await db(revoke_token, token, actor=BOSS)
        await hub.check_tokens()
        bye, code = await process.closed()
        assert bye is not None
        assert (bye.reason, code) == ("revoked", closing.REVOKED)
    again = Talker(secret)
    await again.socket.connect()
    assert (await again.closed())[1] == closing.REVOKED


async def test_a_token_speaks_for_its_own_service_only(ingest: Ingest) -> None:
    shop, secret = await db(a_service, "shop")
    bank, other = await db(a_service, "bank")
    staging, third = await db(a_service, "shop", "staging")
    for each in (secret, other, third):
        async with linked(each, "same-id") as process:
            await process.say(
                wire.Declare(breakers=(breaker("same-name"),)), wire.Events(events=(transition(1, name="same-name"),))
            )
            await process.until(seq=1)
    for owner in (shop, bank, staging):
        assert await db(Process.objects.filter(service=owner).count) == 1
        assert await db(Breaker.objects.filter(service=owner, name="same-name").count) == 1
        assert await db(Transition.objects.filter(breaker__service=owner).count) == 1


async def test_an_agent_with_an_origin_or_another_language_gets_no_handshake(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    for scope in (
        {"headers": [(b"origin", b"https://evil.example")]},
        {"subprotocols": []},
        {"subprotocols": ["graphql"]},
    ):
        talker = Talker(secret, **scope)
        connected, _ = await talker.socket.connect()
        assert not connected


async def test_while_the_console_starts_everybody_is_asked_to_come_later(transactional_db: None) -> None:
    talker = Talker("rcv_x")
    await talker.socket.connect()
    bye, code = await talker.closed()
    assert bye is not None
    assert (bye.reason, code) == ("refused", closing.LATER)
    assert bye.retry_after


def deep(levels: int) -> str:
    return '{"kind": "events", "events": ' + "[" * levels + "]" * levels + "}"


WRONG: list[tuple[str, dict[str, Any], int]] = [
    (
        "huge",
        {"text_data": json.dumps({"kind": "beat", "clock": 1, "x": "y" * wire.limits.FRAME_BYTES})},
        closing.TOO_BIG,
    ),
    ("binary", {"bytes_data": b'{"kind": "beat", "clock": 1}'}, closing.PROTOCOL),
    ("truncated", {"text_data": '{"kind": "beat", "clo'}, closing.PROTOCOL),
    ("no object", {"text_data": "[1, 2]"}, closing.PROTOCOL),
    ("deep", {"text_data": deep(100_000)}, closing.PROTOCOL),
    ("blank", {"text_data": " "}, closing.PROTOCOL),
    ("nul", {"text_data": '{"kind": "bye", "text": "\\u0000"}'}, closing.PROTOCOL),
    ("no seq", {"text_data": '{"kind": "events", "events": [{"kind": "log"}]}'}, closing.PROTOCOL),
    ("console's", {"text_data": '{"kind": "watch"}'}, closing.PROTOCOL),
]


@pytest.mark.parametrize(("frame", "code"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
@pytest.mark.parametrize("welcomed", [True, False])
async def test_a_bad_frame_ends_the_link_with_words(
    frame: dict[str, Any], code: int, welcomed: bool, ingest: Ingest
) -> None:
    _, secret = await db(a_service)
    talker = Talker(secret)
    await talker.socket.connect()
    if welcomed:
        await talker.hello()
    await talker.socket.send_to(**frame)
    bye, closed = await talker.closed()
    assert bye is not None
    assert (bye.reason, closed) == ("protocol", code)
    assert bye.text
    assert len(bye.text) < 400
    if "text_data" in frame:
        assert ingest.counts[f"closed_{code}"] == 1
    await talker.socket.disconnect()


async def test_nothing_comes_before_hello(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    for message in (
        wire.Declare(breakers=(breaker(),)),
        a_slice(),
        wire.Events(events=(transition(1),)),
        wire.Beat(clock=1),
    ):
        talker = Talker(secret)
        await talker.socket.connect()
        await talker.say(message)
        bye, code = await talker.closed()
        assert bye is not None
        assert (bye.text, code) == ("hello comes first", closing.PROTOCOL)
    assert not await db(Process.objects.exists)


async def test_without_a_version_in_common_it_says_which_it_speaks(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    talker = Talker(secret)
    await talker.socket.connect()
    await talker.say(wire.Hello(process="p1", protocol=(7, 9), clock=1.0))
    bye, code = await talker.closed()
    assert bye is not None
    assert (bye.reason, code) == ("protocol", closing.PROTOCOL)
    assert "here 1 to 1" in bye.text


async def test_a_newer_process_speaks_the_older_version(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    talker = Talker(secret)
    await talker.socket.connect()
    await talker.say(wire.Hello(process="p1", protocol=(1, 9), clock=1.0))
    assert (await talker.hear_a(wire.Welcome)).protocol == 1


async def test_unknown_messages_and_events_are_ignored_counted_and_not_waited_for(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        await process.socket.send_to(text_data='{"kind": "telepathy", "x": 1}')
        events = [
            {"kind": "log", "seq": 1, "at": 1.0, "logger": "x", "level": 10, "message": "m"},
            {"kind": "dream", "seq": 2},
        ]
        await process.socket.send_to(text_data=json.dumps({"kind": "events", "events": events}))
        await process.until(seq=2)
        await process.socket.send_to(text_data='{"kind": "events", "events": [{"kind": "dream", "seq": 3}]}')
        await process.until(seq=3)
    assert ingest.counts["unknown_messages"] == 1
    assert ingest.counts["logs"] == 1


async def test_one_bad_event_does_not_cost_the_good_ones(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        events = [json.loads(wire.encode(wire.Events(events=(error(seq),)))[0])["events"][0] for seq in (1, 2, 3)]
        events[1]["message"] = "x" * 10_000
        await process.socket.send_to(text_data=json.dumps({"kind": "events", "events": events}))
        await process.until(seq=3)
        assert [each.seq for each in process.rejected] == [2]
        assert "10000" in process.rejected[0].why or "message" in process.rejected[0].why
        assert (await db(ErrorGroup.objects.get)).count == 2


async def test_a_slice_out_of_bounds_is_rejected_and_the_link_lives(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret) as process:
        await process.socket.send_to(text_data='{"kind": "slice", "slot": 7, "start": 70.0, "seconds": 99999}')
        await process.say(a_slice(8), a_slice(int(4e8), start=4e9), good := a_slice())
        await process.until(slots={good.slot})
        while len(process.rejected) < 3:
            await process.hear()
        why = {each.slot: each.why for each in process.rejected}
        assert why.keys() == {7, 8, int(4e8)}
        assert (why[8], why[int(4e8)]) == ("too old", "in the future")
        assert await db(Slice.objects.count) == 1


async def test_names_may_be_markup_but_not_of_ten_thousand_characters(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    name = '<script>alert("x")</script>\u202e' + "é" * 100
    async with linked(secret) as process:
        await process.say(wire.Declare(breakers=(breaker(name),)), wire.Events(events=(transition(1, name=name),)))
        await process.until(seq=1)
        assert (await db(Breaker.objects.get)).name == name
        frame = json.dumps({"kind": "declare", "breakers": [{"name": "x" * 10_000, "state": "OPEN", "since": 1.0}]})
        await process.socket.send_to(text_data=frame)
        bye, _ = await process.closed()
        assert bye is not None
        assert "200" in bye.text
    assert await db(Breaker.objects.count) == 1


async def test_one_link_cannot_become_another_process(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    async with linked(secret, "p1") as process:
        process.process = "p2"
        await process.say(wire.Hello(process="p2", protocol=(1, 1), clock=1.0))
        bye, _ = await process.closed()
        assert bye is not None
        assert bye.text == "this link belongs to another process"
