"""The link over plain HTTP, ``POST /link/v1``: the same messages in, acks and directives in the answer.

A bare ASGI application beside the pages: no session, no cookies, no middleware; its token is all it goes by.
"""

from __future__ import annotations

import asyncio
from typing import Any

from channels.db import database_sync_to_async

from recovery import wire
from recovery.ingest import closing, service
from recovery.ingest.access import admit
from recovery.ingest.closing import Closing
from recovery.ingest.session import Session

ANSWER_SECONDS = 8.0  # what is not kept by then is not acknowledged, and comes again
_STATUS = {closing.REVOKED: 401, closing.TOO_BIG: 413, closing.LATER: 503, closing.PROTOCOL: 400}


class Refusal(Exception):
    """An answer that is no 200."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


async def link(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """One request."""
    try:
        status, body = 200, await _answered(scope, receive)
    except Refusal as refusal:
        status, body = refusal.status, f"{refusal.text}\n".encode()
    kind = wire.limits.LINES_TYPE if status == 200 else "text/plain; charset=utf-8"
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    headers += [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    if status == 405:
        headers.append((b"allow", b"POST"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answered(scope: dict[str, Any], receive: Any) -> bytes:
    headers = dict(scope["headers"])
    if scope["method"] != "POST":
        raise Refusal(405, "POST, or a WebSocket")
    if b"origin" in headers:
        raise Refusal(403, "not for browsers")
    if headers.get(b"content-type", b"").partition(b";")[0].strip().decode("latin-1") != wire.limits.LINES_TYPE:
        raise Refusal(415, f"expected {wire.limits.LINES_TYPE}")
    running, hub = service.current(), service.hub()
    if running is None or hub is None:
        raise Refusal(503, "the console is starting")
    admitted = await database_sync_to_async(admit, thread_sensitive=False)(headers.get(b"authorization", b""))
    if admitted is None:
        running.counts.add("refused_tokens")
        raise Refusal(401, "this token is not valid")
    running.counts.add("posts")
    lines = [line for line in (await _body(receive)).split(b"\n") if line.strip()]
    answer: list[bytes] = []
    ended: list[Closing] = []
    session = Session(running, hub, admitted, answer.append, ended.append, lasting=False)
    await _talk(session, lines, answer)
    return b"\n".join(_fitting(answer))


async def _body(receive: Any) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(400, "the body did not come")
        body += message.get("body", b"")
        if len(body) > wire.limits.BODY_BYTES:
            raise Refusal(413, f"a body has at most {wire.limits.BODY_BYTES} bytes")
        if not message.get("more_body"):
            return body


async def _talk(session: Session, lines: list[bytes], answer: list[bytes]) -> None:
    """Hand the lines over and wait for what becomes of them. A bad line ends the talk; what was good is kept."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            for line in lines:
                await session.take(line)
            await session.settled()
    except TimeoutError:
        session.slow_down("the database is busy", 50.0)
    except Closing as end:
        if session.peer is None:
            raise Refusal(_STATUS.get(end.code, 400), end.text) from end
        await session.settled()
        if end.reason != "bye":
            answer.append(end.frame)
    finally:
        session.leave()
    if session.peer is None:
        raise Refusal(400 if not lines else 503, "hello comes first" if not lines else "the database is busy")


def _fitting(answer: list[bytes]) -> list[bytes]:
    """As many lines as a body may have; a directive that does not fit comes with the next answer."""
    bodies = wire.encode_lines(answer)
    return bodies[:1]
