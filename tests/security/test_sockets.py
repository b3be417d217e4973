"""Every socket is closed by default: each is tried by everybody, from everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from recovery import routing
from recovery.permissions import Role
from tests.security.people import STRANGER, client_of
from tests.security.routes import _example

BROWSER = ["/" + _example(route) for route in routing.browser_sockets]
SERVICE = ["/" + _example(route) for route in routing.service_sockets]
OURS, THEIRS = b"http://localhost", b"https://evil.example"

pytestmark = pytest.mark.django_db(transaction=True)


async def opens(path: str, *headers: tuple[bytes, bytes]) -> bool:
    """Whether a socket with these headers is accepted."""
    socket = WebsocketCommunicator(routing.sockets, path, headers=[(b"host", b"localhost"), *headers])
    connected, _ = await socket.connect(timeout=10)
    await socket.disconnect()
    return bool(connected)


def cookie(who: str) -> tuple[bytes, bytes]:
    """The session of that one."""
    jar = client_of(who).cookies
    return b"cookie", "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items()).encode()


@pytest.fixture
def cookies() -> dict[str, Any]:
    """Sessions of everybody."""
    return {who: cookie(who) for who in (STRANGER, *Role)}


async def test_an_unknown_socket_is_refused() -> None:
    assert not await opens("/nowhere/", (b"origin", OURS))


@pytest.mark.parametrize("path", BROWSER)
async def test_a_page_s_socket_opens_for_roles_from_our_own_pages_only(path: str, cookies: dict[str, Any]) -> None:
    assert not await opens(path, (b"origin", OURS))
    assert not await opens(path, (b"origin", OURS), cookies[STRANGER])
    for role in Role:
        assert not await opens(path, cookies[role])
        assert not await opens(path, (b"origin", THEIRS), cookies[role])
        assert not await opens(path, (b"origin", b"null"), cookies[role])
        assert await opens(path, (b"origin", OURS), cookies[role])


@pytest.mark.parametrize("path", SERVICE)
async def test_a_service_s_socket_wants_a_token_and_no_browser(path: str, cookies: dict[str, Any]) -> None:
    assert not await opens(path)
    assert not await opens(path, (b"authorization", b"Bearer wrong"))
    assert not await opens(path, (b"origin", OURS), cookies[Role.ADMIN])
