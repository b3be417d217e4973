"""A door in front of a server: TCP on a port of its own. Shut, everybody is thrown out and the kernel refuses."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any


class Door:
    """``Door(family, address)`` leads to a server; it is open from the start."""

    def __init__(self, family: int, address: Any) -> None:
        self._family, self._address = family, address
        self._lock = threading.Lock()
        self._inside: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.port = 0
        self.passed = 0  # who came through since it was opened
        self.open()

    def open(self) -> None:
        """Listen, on the same port again."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen(64)
        self.port = listener.getsockname()[1]
        self._listener, self.passed = listener, 0
        threading.Thread(target=self._welcome, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        """Refuse, and cut whoever is inside."""
        listener, self._listener = self._listener, None
        if listener is not None:
            _hang_up(listener)
        with self._lock:
            inside, self._inside = self._inside, set()
        for each in inside:
            _hang_up(each)

    def _welcome(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                guest, _ = listener.accept()
                self._lead(guest)

    def _lead(self, guest: socket.socket) -> None:
        server = socket.socket(self._family, socket.SOCK_STREAM)
        try:
            server.connect(self._address)
        except OSError:
            _hang_up(guest)
            return
        with self._lock:
            if self._listener is None:
                _hang_up(guest)
                _hang_up(server)
                return
            self._inside |= {guest, server}
            self.passed += 1
        for one, other in ((guest, server), (server, guest)):
            threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        with self._lock:
            self._inside -= {one, other}
        _hang_up(one)
        _hang_up(other)


def _hang_up(one: socket.socket) -> None:
    """Closing alone would not wake a thread that waits for it."""
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
