"""A browser's socket without the browser: it says what its page shows and reads every frame that comes.

Written on a bare transport, so that a thousand of them fit beside the console on one machine.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
from collections.abc import Callable

Heard = Callable[[float, bytes], None]
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def upgrade(host: str, cookie: str) -> bytes:
    """The request for the page's socket."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /ui/live HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n"
        f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def masked(kind: int, payload: bytes) -> bytes:
    """A short frame as a browser sends it."""
    mask = os.urandom(4)
    size = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack("!H", len(payload))
    return bytes([0x80 | kind]) + size + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


def showing(keys: list[str]) -> bytes:
    """What a page says first."""
    return masked(TEXT, json.dumps({"show": keys, "rows": True}).encode())


class Watcher(asyncio.Protocol):
    """One page."""

    def __init__(self, host: str, cookie: str, shows: list[str], heard: Heard) -> None:
        self._host, self._cookie, self._heard = host, cookie, heard
        self._shows = shows
        self._buffer = bytearray()
        self._open = False
        self.first = asyncio.get_running_loop().create_future()  # its first frame
        self.gone = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(upgrade(self._host, self._cookie))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            head, found, rest = self._buffer.partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self._over(ConnectionError(head.split(b"\r\n", 1)[0].decode()))
                return
            self._open, self._buffer = True, rest
            self._say(showing(self._shows))
        while self._frame():
            pass

    def _frame(self) -> bool:
        """Take one frame from the buffer, if a whole one is there."""
        buffer = self._buffer
        if len(buffer) < 2:
            return False
        size, start = buffer[1] & 0x7F, 2
        if size >= 126:
            start = 4 if size == 126 else 10
            if len(buffer) < start:
                return False
            size = int.from_bytes(buffer[2:start], "big")
        if len(buffer) < start + size:
            return False
        kind, payload = buffer[0] & 0x0F, bytes(buffer[start : start + size])
        del buffer[: start + size]
        if kind == TEXT:
            self._heard(time.monotonic(), payload)
            if not self.first.done():
                self.first.set_result(None)
        elif kind == PING:
            self._say(masked(PONG, payload))
        elif kind == CLOSE:
            self._over(ConnectionError(f"closed with {payload[:2].hex()}"))
        return True

    def _say(self, frame: bytes) -> None:
        assert self.transport is not None
        self.transport.write(frame)

    def connection_lost(self, error: Exception | None) -> None:
        self._over(error or ConnectionError("closed"))

    def _over(self, error: Exception) -> None:
        if not self.gone.done():
            self.gone.set_result(str(error))
        if not self.first.done():
            self.first.set_exception(error)
            self.first.exception()
