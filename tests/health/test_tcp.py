"""The TCP probe, and how a name becomes an address."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from recovery.health import ProbeResult, connecting, probe
from tests.health.servers import LOOPBACK, server, status


async def test_whoever_listens_is_healthy() -> None:
    async with server(status("200 OK")) as port:
        result = await probe("tcp", f"127.0.0.1:{port}", within=5, allowed=LOOPBACK)
    assert (result.healthy, result.text) == (True, "connected")


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, but not listening
        result = await probe("tcp", f"127.0.0.1:{taken.getsockname()[1]}", within=5, allowed=LOOPBACK)
    assert result == ProbeResult(healthy=False, text="connection refused")


async def test_loopback_is_refused_unless_it_is_allowed() -> None:
    async with server(status("200 OK")) as port:
        result = await probe("tcp", f"127.0.0.1:{port}", within=5)
    assert not result.healthy
    assert result.text == "refused: 127.0.0.1 is this machine itself; HEALTH_ALLOWED_NETWORKS can allow it"


def _answers(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    asked: list[str] = []

    def look_up(host: str, port: int) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)) for address in addresses]

    monkeypatch.setattr(connecting, "_look_up", look_up)
    return asked


async def test_a_name_is_resolved_once_and_the_address_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _answers(monkeypatch, "127.0.0.1")
    async with server(status("200 OK")) as port:
        result = await probe("http", f"http://made-up.example:{port}/", within=5, allowed=LOOPBACK)
    assert (result.text, asked) == ("200 OK", ["made-up.example"])


async def test_a_name_for_what_is_refused_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _answers(monkeypatch, "10.1.2.3", "169.254.169.254")
    result = await probe("tcp", "innocent.example:80", within=5)
    assert "10.1.2.3 is a private address" in result.text


async def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    async with server(status("200 OK")) as port:
        _answers(monkeypatch, "127.0.0.2", "127.0.0.1")  # nobody listens on the first
        assert (await probe("tcp", f"two.example:{port}", within=5, allowed=LOOPBACK)).healthy


async def test_a_name_without_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(_host: str, _port: int) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(connecting, "_look_up", look_up)
    result = await probe("tcp", "nowhere.invalid:80", within=5)
    assert result.text == "nowhere.invalid has no address: Name or service not known"


async def test_a_bad_target_is_a_result_like_any_other() -> None:
    assert (await probe("tcp", "no port", within=1)).healthy is False
    assert (await probe("http", "gopher://x", within=1)).healthy is False
