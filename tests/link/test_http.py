"""The same messages by POST: for other languages, and behind proxies that know no WebSocket."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from recovery import wire
from recovery.actions import commands, holds
from recovery.api.link import link
from recovery.ingest import presence
from recovery.ingest.hub import Hub
from recovery.ingest.service import Ingest
from recovery.models import LinkInterval, Process, Slice
from recovery.testing import FakeClock
from tests.link.talking import BOSS, a_service, a_slice, breaker, db, error, eventually, now

LINES = wire.limits.LINES_TYPE.encode()


def hello(**more: Any) -> wire.Hello:
    return wire.Hello(process="curl-1", protocol=(1, 1), clock=now(), host="legacy", **more)


async def post(
    secret: str | None, *messages: wire.Message | bytes, method: str = "POST", **headers: bytes
) -> tuple[int, list[Any]]:
    """Status, and the messages of the answer (or its text)."""
    frames = [frame for each in messages for frame in ([each] if isinstance(each, bytes) else wire.encode(each))]
    said = {b"content-type": LINES} | {name.replace("_", "-").encode(): value for name, value in headers.items()}
    if secret is not None:
        said[b"authorization"] = f"Bearer {secret}".encode()
    request = ApplicationCommunicator(
        link, {"type": "http", "method": method, "path": wire.PATH, "headers": list(said.items())}
    )
    body = b"\n".join(frames)
    await request.send_input({"type": "http.request", "body": body[:1000], "more_body": True})
    await request.send_input({"type": "http.request", "body": body[1000:]})
    start = await request.receive_output(10)
    content = (await request.receive_output(10))["body"]
    await request.wait()
    status = start["status"]
    return status, wire.decode_lines(content) if status == 200 else [content.decode()]


async def test_reports_are_acknowledged_in_the_answer(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    sent = a_slice()
    for _ in range(2):
        status, answer = await post(
            secret, hello(), wire.Declare(breakers=(breaker(),)), sent, wire.Events(events=(error(1),))
        )
        assert status == 200
        assert isinstance(answer[0], wire.Welcome)
        acks = [each for each in answer if isinstance(each, wire.Ack)]
        assert {slot for ack in acks for slot in ack.slots} == {sent.slot}
        assert max(ack.seq for ack in acks) == 1
    assert await db(Slice.objects.count) == await db(Process.objects.count) == await db(LinkInterval.objects.count) == 1


async def test_directives_come_with_the_answer(hub: Hub) -> None:
    service, secret = await db(a_service)
    await post(secret, hello(), wire.Declare(breakers=(breaker(),)))
    await db(holds.trip, service, "bank", actor=BOSS, reason="down")
    await db(commands.probe, service, "bank", actor=BOSS)
    _, answer = await post(secret, hello())
    assert [each.breaker for each in answer[0].desired.holds] == ["bank"]
    (directive,) = [each for each in answer if isinstance(each, wire.Directive)]
    assert directive.do == wire.ProbeAct(breaker="bank")
    done = wire.Applied(id=directive.id, revision=0, at=now())
    await post(secret, hello(revision=2), done)
    _, answer = await post(secret, hello(revision=2))
    assert answer[0].desired is None
    assert len(answer) == 1


async def test_bye_ends_it_and_silence_is_swept(still: FakeClock, ingest: Ingest) -> None:
    _, secret = await db(a_service)
    await post(secret, hello(), wire.Bye())
    row = await eventually(lambda: LinkInterval.objects.exclude(ended_at=None).first())
    assert row.ending == "bye"
    await post(secret, hello())
    still.advance(30)
    await post(secret, hello())
    still.advance(30)
    assert await db(presence.sweep, still.now()) == 0
    still.advance(30)
    assert await db(presence.sweep, still.now()) == 1


REFUSED: list[tuple[int, dict[str, Any]]] = [
    (405, {"method": "GET"}),
    (415, {"content_type": b"application/json"}),
    (403, {"origin": b"https://evil.example"}),
]


@pytest.mark.parametrize(("status", "how"), REFUSED)
async def test_it_is_picky_about_how_one_asks(status: int, how: dict[str, Any], ingest: Ingest) -> None:
    _, secret = await db(a_service)
    assert (await post(secret, hello(), **how))[0] == status


@pytest.mark.parametrize("secret", [None, "", "rcv_wrong"])
async def test_without_a_token_that_holds_it_is_401(secret: str | None, ingest: Ingest) -> None:
    assert (await post(secret, hello()))[0] == 401
    assert not await db(Process.objects.exists)


async def test_bodies_that_are_wrong_are_refused_in_words(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    for status, body in (
        (400, b""),
        (400, b"{"),
        (400, b'{"kind":"beat","clock":1}'),
        (413, b"x" * (wire.limits.BODY_BYTES + 1)),
        (413, b'{"kind":"beat","clock":1,"x":"' + b"y" * wire.limits.FRAME_BYTES + b'"}'),
        (400, wire.encode(wire.Hello(process="p", protocol=(8, 9), clock=1.0))[0]),
    ):
        got, (text,) = await post(secret, body)
        assert got == status
        assert text.strip()


async def test_what_came_before_a_bad_line_is_kept(ingest: Ingest) -> None:
    _, secret = await db(a_service)
    sent = a_slice()
    status, answer = await post(secret, hello(), sent, b"{bad")
    assert status == 200
    assert [type(each) for each in answer] == [wire.Welcome, wire.Ack, wire.Bye]
    assert await db(Slice.objects.count) == 1


async def test_while_the_console_starts_it_is_503(transactional_db: None) -> None:
    assert (await post("rcv_x", hello()))[0] == 503
