"""The server that has the outage: a real HTTP server, in a process of its own, that goes through its phases by itself.

Run by path (``outage.py`` does it), so it imports nothing but the standard library. It says its port and each phase on
standard output, starts when a line comes in on standard input, and ends when standard input does: it never outlives
whoever started it.
"""

from __future__ import annotations

import random
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BACKLOG = 128
POLL = 0.02  # s between two looks of the listening thread at whether it shall end
QUICK = (0.004, 0.020)  # s that an answer takes: from, to
DRAGGING = (0.30, 0.50)
ALONG_WITH_A_500 = (0.05, 0.15)
SOMETIMES = "/charge"  # fails most of the time, not always
SOMETIMES_SHARE = 0.8


class Server(ThreadingHTTPServer):
    """Serves on a socket that is bound and listening already."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, listening: socket.socket, mood: Mood) -> None:
        address = listening.getsockname()
        super().__init__(address, Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_name, self.server_port = address
        self.mood = mood

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is not worth a traceback."""


class Mood:
    """What the server is going through."""

    def __init__(self, seed: int) -> None:
        self.phase = "well"
        self._random = random.Random(seed)

    def answer(self, path: str) -> int:
        """Take the time that the present phase takes, and say with which status to answer."""
        span = {"slow": DRAGGING, "failing": ALONG_WITH_A_500}.get(self.phase, QUICK)
        fails = self.phase == "failing" and (path != SOMETIMES or self._random.random() < SOMETIMES_SHARE)
        time.sleep(self._random.uniform(*span))
        return 500 if fails else 200


class Handler(BaseHTTPRequestHandler):
    """Answers every GET by the server's mood."""

    server: Server

    def do_GET(self) -> None:
        """Wait, then 200 or 500."""
        status = self.server.mood.answer(self.path)
        body = b"ok\n" if status == 200 else b"something broke\n"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class Door:
    """The port: open (somebody listens) or shut (the kernel refuses). Shut it stays bound: nobody else gets it."""

    def __init__(self, mood: Mood) -> None:
        self.mood = mood
        self._socket = bound(0)
        self.port = self._socket.getsockname()[1]
        self._server: Server | None = None

    def open(self) -> None:
        """Listen, unless it does."""
        if self._server is None:
            self._socket.listen(BACKLOG)
            self._server = Server(self._socket, self.mood)
            threading.Thread(target=self._server.serve_forever, args=(POLL,), daemon=True).start()

    def shut(self) -> None:
        """Stop listening, unless it has."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
            self._socket = bound(self.port)


def bound(port: int) -> socket.socket:
    """A socket that has the port and does not listen yet."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("127.0.0.1", port))
    return made


def live(door: Door, phases: list[tuple[str, float]]) -> None:
    """Go through the phases, then stay in the last one."""
    for phase, seconds in phases:
        door.mood.phase = phase
        if phase == "refusing":
            door.shut()
        else:
            door.open()
        print(phase, flush=True)
        time.sleep(seconds)


def main(seed: str, *phases: str) -> None:
    """``server.py 1 well:6 slow:8 …``."""
    door = Door(Mood(int(seed)))
    print(door.port, flush=True)
    if not sys.stdin.readline():
        return
    plan = [(name, float(seconds)) for name, _, seconds in (phase.partition(":") for phase in phases)]
    threading.Thread(target=live, args=(door, plan), daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
