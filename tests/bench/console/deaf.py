"""A browser that opens its socket, says what it shows, and never reads a byte of what comes."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from tests.bench.console.watcher import showing, upgrade

ESTABLISHED = 1  # as TCP_INFO says it


@contextmanager
def deaf(url: str, cookie: str, shows: list[str]) -> Iterator[socket.socket]:
    """Its connection."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.connect((parts.hostname, parts.port or 80))
        made.sendall(upgrade(parts.netloc, cookie))
        head = b""
        while b"\r\n\r\n" not in head:
            head += made.recv(1)
        if b" 101 " not in head:
            raise ConnectionError(head.decode())
        made.sendall(showing(shows))
        yield made


def linked(made: socket.socket) -> bool:
    """Whether the console still holds it; asked of the kernel, because to read would be to listen."""
    return made.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[0] == ESTABLISHED
