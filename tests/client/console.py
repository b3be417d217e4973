"""A console for tests: a real WebSocket server that speaks the wire, remembers, and misbehaves on demand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import Server, ServerConnection, serve

from recovery import wire

PATIENCE = 30.0  # s; a busy machine only ever adds
Message = Any


class Console:
    """``got`` has every message in order; ``kept`` what a database would have, by key."""

    def __init__(self, token: str = "secret", ahead: float = 0.0) -> None:
        self.token = token
        self.ahead = ahead  # how much its clock is ahead
        self.got: list[Message] = []
        self.slots: dict[tuple[str, int], list[wire.Slice]] = {}
        self.events: dict[tuple[str, int], Message] = {}
        self.repeats = 0
        self.hellos: list[wire.Hello] = []
        self.acks = True
        self.reads = True
        self.desired: wire.Desired | None = None
        self.status: HTTPStatus | None = None  # answers the upgrade with it
        self.welcome: Callable[[wire.Hello], list[wire.Message]] = self._welcome
        self.connections: list[ServerConnection] = []
        self.upgrades = 0
        self._over = threading.Event()
        self._changed = threading.Condition()
        self._server: Server | None = None
        self._parts: dict[tuple[str, int], set[int]] = {}
        self.port = 0

    # -- its life ------------------------------------------------------------------------------------------------------

    def start(self) -> Console:
        """Listen; on the same port again after a stop."""
        self._over = threading.Event()
        self._server = serve(
            self._serve,
            "127.0.0.1",
            self.port,
            process_request=self._admit,
            subprotocols=[wire.SUBPROTOCOL],  # type: ignore[list-item]
            compression=None,
            ping_interval=None,
            close_timeout=0.1,
        )
        self.port = self._server.socket.getsockname()[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def stop(self) -> None:
        """Die: sockets are cut, nothing is said."""
        self._over.set()
        if self._server is not None:
            self._server.shutdown()
            self._server = None
        self.cut()

    def cut(self) -> None:
        """Cut every link without a close."""
        connections, self.connections = self.connections, []
        for connection in connections:
            with _quiet():
                connection.socket.shutdown(2)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def clock(self) -> float:
        """Its own clock."""
        return time.time() + self.ahead

    # -- what a test waits for -----------------------------------------------------------------------------------------

    def wait(self, what: Callable[[], Any], patience: float = PATIENCE) -> Any:
        """Wait until something is true; returns it."""
        with self._changed:
            assert self._changed.wait_for(what, patience), f"it never came; got {[type(m).__name__ for m in self.got]}"
            return what()

    def of(self, kind: type) -> list[Any]:
        """The messages of a kind."""
        return [message for message in self.got if isinstance(message, kind)]

    def wait_for(self, kind: type, number: int = 1) -> Any:
        """Wait for the n-th message of a kind."""
        return self.wait(lambda: len(self.of(kind)) >= number and self.of(kind)[number - 1])

    def wait_for_event(self, kind: type, number: int = 1) -> Any:
        """Wait for the n-th event of a kind that is kept."""
        return self.wait(lambda: len(found := self.events_of(kind)) >= number and found[number - 1])

    def events_of(self, kind: type) -> list[Any]:
        """The events of a kind that are kept, by key."""
        return [event for _, event in sorted(self.events.items()) if isinstance(event, kind)]

    def declared(self) -> dict[str, wire.BreakerDeclared]:
        """The last declaration of each breaker."""
        return {each.name: each for message in self.of(wire.Declare) for each in message.breakers}

    def say(self, message: wire.Message) -> None:
        """Tell the client that linked last."""
        for frame in wire.encode(message):
            self.say_raw(frame.decode())

    def say_raw(self, frame: str | bytes) -> None:
        """Send a frame as it is."""
        self.connections[-1].send(frame)

    # -- serving -------------------------------------------------------------------------------------------------------

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        with self._changed:
            self.upgrades += 1
            self._changed.notify_all()
        if self.status is not None:
            return connection.respond(self.status, "")
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return connection.respond(HTTPStatus.UNAUTHORIZED, "")
        return None

    def _serve(self, connection: ServerConnection) -> None:
        self.connections.append(connection)
        process = ""
        with _quiet():
            while self.reads:
                message = wire.decode(connection.recv())
                if isinstance(message, wire.Hello):
                    process = message.process
                for answer in self._take(process, message):
                    for frame in wire.encode(answer):
                        connection.send(frame, text=True)
            self._over.wait()

    def _take(self, process: str, message: Message) -> Iterator[wire.Message]:
        with self._changed:
            self.got.append(message)
            if isinstance(message, wire.Events):
                for event in message.events:
                    self.repeats += (process, event.seq) in self.events
                    self.events[process, event.seq] = event
            elif isinstance(message, wire.Slice):
                self._keep(process, message)
            elif isinstance(message, wire.Hello):
                self.hellos.append(message)
            self._changed.notify_all()
        if isinstance(message, wire.Hello):
            yield from self.welcome(message)
        elif self.acks and isinstance(message, wire.Events):
            yield wire.Ack(seq=message.events[-1].seq)
        elif self.acks and isinstance(message, wire.Slice) and self._whole(process, message):
            yield wire.Ack(slots=(message.slot,))

    def _keep(self, process: str, message: wire.Slice) -> None:
        parts = self._parts.setdefault((process, message.slot), set())
        self.repeats += message.part in parts
        if message.part not in parts:
            parts.add(message.part)
            self.slots.setdefault((process, message.slot), []).append(message)

    def _whole(self, process: str, message: wire.Slice) -> bool:
        return len(self._parts[process, message.slot]) == message.parts

    def _welcome(self, hello: wire.Hello) -> list[wire.Message]:
        changed = self.desired is not None and self.desired.revision != hello.revision
        return [wire.Welcome(protocol=1, clock=self.clock(), desired=self.desired if changed else None)]


def _quiet() -> suppress:
    return suppress(ConnectionClosed, OSError)
