"""The ways to the console: one WebSocket, or plain HTTP where there is none. Both carry the same frames."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Callable
from typing import Any, Protocol

from recovery.wire import SUBPROTOCOL, limits

from .config import engine_version
from .loading import undivided

OPEN_SECONDS = 10.0
SEND_SECONDS = 10
PROXY_ANSWERS = frozenset((200, 204, 301, 302, 400, 404, 405, 411, 426, 500, 501, 502, 504))


class LinkError(Exception):
    """The console cannot be reached, or the link to it broke."""


class LinkRefused(LinkError):
    """The console does not take the token (401), or does not let the client in (403)."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class NoUpgrade(LinkError):
    """The answer to the upgrade looks like that of something in between that knows no WebSocket."""


class Transport(Protocol):
    """One link."""

    name: str

    def send(self, frame: bytes) -> None:
        """Send a frame. Raises LinkError."""

    def receive(self, timeout: float) -> str | bytes | None:
        """The next frame; None when none came in time. Raises LinkError."""

    def close(self) -> None:
        """Close it; never raises, hardly waits."""

    def cut(self) -> None:
        """End it at once, from another thread: whoever waits on it gets a LinkError."""

    def abandon(self) -> None:
        """In a forked child: let go of the parent's link without touching it."""


Dial = Callable[[str, str], Transport]


class WebSocketTransport:
    """The websockets library's threaded client, without compression, proxies and its own pings."""

    name = "websocket"

    def __init__(self, url: str, token: str) -> None:
        with undivided():
            from websockets import exceptions
            from websockets.sync.client import connect

        self._closed = exceptions.ConnectionClosed
        try:
            opening = connect(
                url,
                subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]  # a NewType of str
                additional_headers={"Authorization": f"Bearer {token}"},
                user_agent_header=f"recovery/{engine_version()}",
                compression=None,
                proxy=None,
                open_timeout=OPEN_SECONDS,
                ping_interval=None,
                close_timeout=1.0,
                max_size=limits.FRAME_BYTES,
            )
            self._link = opening.__enter__()
        except exceptions.InvalidStatus as error:
            raise _refusal(error.response.status_code) from None
        except exceptions.InvalidHandshake as error:
            raise NoUpgrade(f"the upgrade to WebSocket failed: {error}") from None
        except (OSError, TimeoutError, exceptions.WebSocketException) as error:
            raise LinkError(f"{type(error).__name__}: {error}") from None
        _bound_sending(self._link.socket)

    def send(self, frame: bytes) -> None:
        """Send a text frame; waits at most 10 s for a console that does not read."""
        try:
            self._link.send(frame, text=True)
        except (self._closed, OSError) as error:
            raise LinkError(_why(error)) from None

    def receive(self, timeout: float) -> str | bytes | None:
        """The next frame; None when none came in time."""
        try:
            return self._link.recv(timeout)
        except TimeoutError:
            return None
        except (self._closed, OSError) as error:
            raise LinkError(_why(error)) from None

    def close(self) -> None:
        """Close handshake, at most a second."""
        with contextlib.suppress(Exception):
            self._link.close()

    def cut(self) -> None:
        """Shut the socket down: what was waiting on it fails."""
        with contextlib.suppress(OSError):
            self._link.socket.shutdown(socket.SHUT_RDWR)

    def abandon(self) -> None:
        """Close this process's copy of the socket; the parent's stays open."""
        with contextlib.suppress(Exception):
            os.close(self._link.socket.detach())


def dial_websocket(url: str, token: str) -> Transport:
    """Open a WebSocket. Raises LinkError."""
    return WebSocketTransport(url, token)


def _refusal(status: int) -> LinkError:
    if status == 401:
        return LinkRefused(status, "the token is not valid (HTTP 401)")
    if status == 403:
        return LinkRefused(status, "the console does not let this client in (HTTP 403)")
    if status in PROXY_ANSWERS:
        return NoUpgrade(f"the upgrade to WebSocket was answered with HTTP {status}")
    return LinkError(f"HTTP {status}")


def _bound_sending(sock: socket.socket) -> None:
    """A console that does not read must not hold the client's thread for ever."""
    with contextlib.suppress(OSError, AttributeError):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 3 * SEND_SECONDS * 1000)
    with contextlib.suppress(OSError, AttributeError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))


def _why(error: BaseException) -> str:
    close: Any = getattr(error, "rcvd", None)
    if close is not None:
        return f"closed by the console with {close.code}{': ' + close.reason if close.reason else ''}"
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
