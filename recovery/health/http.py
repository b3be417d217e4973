"""The HTTP probe: one GET, few redirects, a bounded answer. A client of our own: the address must stay pinned."""

from __future__ import annotations

import asyncio
from urllib.parse import urljoin

from .addresses import Networks
from .connecting import Unreachable, closed, connected
from .targets import BadTarget, HttpTarget, http_target

MOST_REDIRECTS = 3
MOST_HEADERS = 100
BODY_BYTES = 64 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})


async def look(text: str, allowed: Networks) -> tuple[bool, str]:
    """Whether the URL answers with 2xx, and what it said."""
    target = http_target(text)
    for _ in range(MOST_REDIRECTS + 1):
        status, reason, location = await _asked(target, allowed)
        if status not in REDIRECTS:
            return 200 <= status < 300, f"{status} {reason}".strip()
        target = _next(target, location)
    return False, f"more than {MOST_REDIRECTS} redirects"


def _next(target: HttpTarget, location: str) -> HttpTarget:
    if not location:
        raise Unreachable("a redirect that names no place")
    try:
        following = http_target(urljoin(target.url, location))
    except ValueError as problem:
        raise Unreachable(f"a redirect to what is no URL: {problem}") from problem
    if target.secure and not following.secure:
        raise Unreachable("a redirect from https to http")
    return following


async def _asked(target: HttpTarget, allowed: Networks) -> tuple[int, str, str]:
    """Status, reason and Location of one request."""
    reader, writer = await connected(target.host, target.port, allowed, secure=target.secure)
    try:
        writer.write(_request(target))
        await writer.drain()
        status, reason = await _status(reader)
        headers = await _headers(reader)
        if status not in REDIRECTS:
            await _body(reader)
        return status, reason, headers.get("location", "")
    finally:
        await closed(writer)


def _request(target: HttpTarget) -> bytes:
    lines = (
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        "User-Agent: Recovery-health-check",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode("ascii")


async def _status(reader: asyncio.StreamReader) -> tuple[int, str]:
    """The status of the final answer; 1xx ones are passed over."""
    for _ in range(5):
        line = await _line(reader)
        version, _, rest = line.partition(" ")
        code, _, reason = rest.partition(" ")
        if not version.startswith("HTTP/1.") or not (code.isdigit() and len(code) == 3):
            raise Unreachable("the answer is not HTTP")
        if not code.startswith("1"):
            return int(code), "".join(filter(str.isprintable, reason))[:100]
        await _headers(reader)
    raise Unreachable("no final answer")


async def _headers(reader: asyncio.StreamReader) -> dict[str, str]:
    found: dict[str, str] = {}
    for _ in range(MOST_HEADERS):
        line = await _line(reader)
        if not line:
            return found
        name, _, value = line.partition(":")
        found.setdefault(name.strip().lower(), value.strip())
    raise Unreachable(f"more than {MOST_HEADERS} headers")


async def _line(reader: asyncio.StreamReader) -> str:
    try:
        raw = await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as error:
        raise Unreachable("the connection was closed before the answer was complete") from error
    except asyncio.LimitOverrunError as error:
        raise Unreachable("a line of the answer is too long") from error
    return raw.decode("latin-1").rstrip("\r\n")


async def _body(reader: asyncio.StreamReader) -> None:
    """Read it to its end, or as much of it as we are ready to: a server that stalls half-way is not healthy."""
    left = BODY_BYTES
    while left > 0 and (part := await reader.read(left)):
        left -= len(part)


__all__ = ["BadTarget", "look"]
