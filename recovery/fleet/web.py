"""Just enough HTTP/1.1 over asyncio's streams: one request a connection, both sides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import urlsplit

HEAD_SECONDS = 5.0  # that a client may take to say what it wants


class Answer(NamedTuple):
    """What a server says."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}


Handler = Callable[[str], Awaitable[Answer | None]]  # path -> answer; None: never


class BadAnswer(Exception):
    """An answer that is not 2xx."""

    def __init__(self, path: str, answer: Answer) -> None:
        super().__init__(f"{path} answered {answer.status} {HTTPStatus(answer.status).phrase}")
        self.status_code = answer.status
        self.headers = dict(answer.headers)


class Missing(BadAnswer):
    """404: nothing is wrong with the server."""


async def get(url: str) -> bytes:
    """The body. Raises OSError where the connection fails, BadAnswer for an answer that is not 2xx."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        writer.write(f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode("ascii"))
        answer = _parsed(await reader.read(), parts.path)
    finally:
        writer.close()
    if answer.status == HTTPStatus.NOT_FOUND:
        raise Missing(parts.path, answer)
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise BadAnswer(parts.path, answer)
    return answer.body


def _parsed(data: bytes, path: str) -> Answer:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *rest = head.decode("latin-1").split("\r\n")
    if not first.startswith("HTTP/"):
        raise ConnectionResetError(f"{path}: the connection was closed without an answer")
    headers = dict(line.split(": ", 1) for line in rest if ": " in line)
    return Answer(int(first.split()[1]), body, headers)


async def converse(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve one connection; a client that leaves early is nobody's trouble."""
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        answer = await handler(head.decode("latin-1").split(" ", 2)[1])
        if answer is None:
            await reader.read()  # until the client has enough
        else:
            writer.write(_said(answer))
            await writer.drain()
    except (OSError, EOFError, IndexError, asyncio.LimitOverrunError):
        pass
    except asyncio.CancelledError:  # our process ends: asyncio's streams would log it as a failure
        pass
    finally:
        with suppress(OSError):
            writer.close()


def _said(answer: Answer) -> bytes:
    status = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"
    headers = {**answer.headers, "Content-Length": str(len(answer.body)), "Connection": "close"}
    lines = [status, *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + answer.body
