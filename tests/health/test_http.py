"""The HTTP probe against real servers."""

from __future__ import annotations

import asyncio

import pytest

from recovery.health import ProbeResult, probe
from tests.health.servers import LOOPBACK, Answer, saying, server, status


async def _look(answer: Answer, path: str = "/", within: float = 5) -> ProbeResult:
    async with server(answer) as port:
        return await probe("http", f"http://127.0.0.1:{port}{path}", within=within, allowed=LOOPBACK)


@pytest.mark.parametrize("line", ["200 OK", "204 No Content", "299 Whatever"])
async def test_two_hundreds_are_healthy(line: str) -> None:
    result = await _look(status(line))
    assert (result.healthy, result.text) == (True, line)
    assert result.latency_ms is not None
    assert result.latency_ms > 0


@pytest.mark.parametrize("line", ["404 Not Found", "500 Oh", "503 Busy", "304 Not Modified", "429 Slow down"])
async def test_everything_else_is_not(line: str) -> None:
    result = await _look(status(line))
    assert (result.healthy, result.text) == (False, line)


async def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_said() -> None:
    async def silence(_request: bytes, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    result = await _look(silence, within=0.05)
    assert result == ProbeResult(healthy=False, text="no answer within 0.05 s")


async def test_a_body_that_stalls_is_not_healthy() -> None:
    async def stall(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        await writer.drain()
        await asyncio.Event().wait()

    assert not (await _look(stall, within=0.05)).healthy


async def test_a_body_without_end_is_read_only_so_far() -> None:
    sent = 0

    async def flood(_request: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            sent += 1
            await writer.drain()

    assert (await _look(flood)).healthy
    assert sent < 500


async def test_an_early_hint_is_passed_over() -> None:
    assert (await _look(saying("HTTP/1.1 103 Early Hints\nLink: </x>\n\nHTTP/1.1 200 OK\n\n"))).text == "200 OK"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SSH-2.0-OpenSSH\n\n", "the answer is not HTTP"),
        ("HTTP/1.1 two hundred\n\n", "the answer is not HTTP"),
        ("HTTP/1.1 200", "the connection was closed before the answer was complete"),
        ("HTTP/1.1 200 OK\nA: 1\n", "the connection was closed before the answer was complete"),
        ("HTTP/1.1 200 " + "x" * 70_000 + "\n\n", "a line of the answer is too long"),
        ("HTTP/1.1 200 OK\n" + "A: 1\n" * 200 + "\n", "more than 100 headers"),
        ("HTTP/1.1 100 Continue\n\n" * 9, "no final answer"),
        ("", "the connection was closed before the answer was complete"),
    ],
)
async def test_what_is_no_answer_says_why(text: str, says: str) -> None:
    result = await _look(saying(text))
    assert (result.healthy, result.text) == (False, says)


async def test_the_request_is_a_plain_get() -> None:
    seen = []

    async def note(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")

    await _look(note, "/grüße?q=a%20b")
    head = seen[0].decode().splitlines()
    assert head[0] == "GET /gr%C3%BC%C3%9Fe?q=a%20b HTTP/1.1"
    assert head[1].startswith("Host: 127.0.0.1:")
    assert "Connection: close" in head


async def test_redirects_are_followed() -> None:
    async with (
        server(status("200 OK")) as end,
        server(status("302 Found", f"Location: http://127.0.0.1:{end}/")) as begin,
    ):
        result = await probe("http", f"http://127.0.0.1:{begin}/", within=5, allowed=LOOPBACK)
    assert result.text == "200 OK"


async def test_redirects_without_end_are_given_up() -> None:
    result = await _look(status("302 Found", "Location: /again"))
    assert (result.healthy, result.text) == (False, "more than 3 redirects")


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is a metadata service"),
        ("http://10.0.0.1/", "10.0.0.1 is a private address"),
        ("file:///etc/passwd", "must begin with http"),
        ("http://user:secret@127.0.0.1/", "a user name or password"),
        ("http://[::1", "what is no URL"),
        ("", "names no place"),
    ],
)
async def test_a_redirect_is_looked_at_like_the_target(location: str, says: str) -> None:
    result = await _look(status("307 Temporary Redirect", f"Location: {location}"))
    assert not result.healthy
    assert says in result.text


async def test_a_redirect_from_https_to_http_is_refused() -> None:
    from recovery.health.connecting import Unreachable
    from recovery.health.http import _next
    from recovery.health.targets import http_target

    with pytest.raises(Unreachable, match="from https to http"):
        _next(http_target("https://example.org/"), "http://example.org/")


async def test_plain_text_where_tls_was_expected() -> None:
    async with server(status("200 OK")) as port:
        result = await probe("http", f"https://127.0.0.1:{port}/", within=5, allowed=LOOPBACK)
    assert not result.healthy
    assert result.text


async def test_cancellation_passes() -> None:
    async def silence(_request: bytes, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with server(silence) as port:
        task = asyncio.create_task(probe("http", f"http://127.0.0.1:{port}/", within=5, allowed=LOOPBACK))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
