"""A process that speaks the wire to the console's consumer, word by word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from recovery import moment, wire
from recovery.actions.actor import Actor
from recovery.actions.services import make_service
from recovery.actions.tokens import create_token
from recovery.consumers.link import LinkConsumer
from recovery.models import Service

T = TypeVar("T")
PATIENCE = 30.0  # s; a busy machine only ever adds
BOSS = Actor("boss", origin="command")


async def db(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Ask the database from a test that is a coroutine."""
    return await database_sync_to_async(function)(*args, **kwargs)


def a_service(name: str = "shop", environment: str = "production") -> tuple[Service, str]:
    """A service and the secret of a token of its own."""
    service = make_service(name, environment, actor=BOSS)
    return service, create_token(service, actor=BOSS).secret


def now() -> float:
    """The console's time."""
    return moment.now().timestamp()


class Socket(WebsocketCommunicator):
    """As it is, but connections to the database are closed after use: channels keeps them open in its tests."""

    send_input = ApplicationCommunicator.send_input
    receive_output = ApplicationCommunicator.receive_output


class Talker:
    """The process's end of a link."""

    def __init__(self, secret: str | None, process: str = "p1", *, ahead: float = 0.0, **scope: Any) -> None:
        self.process, self.ahead = process, ahead
        headers = [(b"authorization", f"Bearer {secret}".encode())] if secret is not None else []
        headers += scope.pop("headers", [])
        protocols = scope.pop("subprotocols", [wire.SUBPROTOCOL])
        self.socket = Socket(LinkConsumer.as_asgi(), wire.PATH, headers=headers, subprotocols=protocols)
        self.acked: set[int] = set()
        self.seq = 0
        self.rejected: list[wire.Rejected] = []
        self.heard: list[Any] = []

    def clock(self) -> float:
        """Its own time."""
        return now() + self.ahead

    async def say(self, *messages: wire.Message) -> None:
        """Send messages."""
        for message in messages:
            for frame in wire.encode(message):
                await self.socket.send_to(text_data=frame.decode())

    async def hear(self) -> Any:
        """The next message."""
        text = await self.socket.receive_from(timeout=PATIENCE)
        message = wire.decode(text)
        self.heard.append(message)
        if isinstance(message, wire.Ack):
            self.acked.update(message.slots)
            self.seq = max(self.seq, message.seq)
            self.rejected += message.rejected
        return message

    async def hear_a(self, kind: type[T]) -> T:
        """The next message of a kind."""
        while not isinstance(message := await self.hear(), kind):
            pass
        return message

    async def until(self, *, slots: set[int] = frozenset(), seq: int = 0) -> None:
        """Wait until these are acknowledged."""
        while not (self.acked >= slots and self.seq >= seq):
            await self.hear()

    async def hello(self, **more: Any) -> wire.Welcome:
        """Say hello and wait for the welcome."""
        said = {"host": "web-1", "pid": 4711, "service_version": "2026.1", "started": self.clock() - 60} | more
        await self.say(wire.Hello(process=self.process, protocol=(1, 1), clock=self.clock(), **said))
        return await self.hear_a(wire.Welcome)

    async def closed(self) -> tuple[wire.Bye | None, int]:
        """How it was ended: what was said, and the code."""
        bye = None
        while True:
            event = await self.socket.receive_output(timeout=PATIENCE)
            if event["type"] == "websocket.close":
                return bye, event["code"]
            message = wire.decode(event["text"])
            bye = message if isinstance(message, wire.Bye) else bye


@asynccontextmanager
async def linked(secret: str, process: str = "p1", *, ahead: float = 0.0, **hello: Any) -> Any:
    """A process that was welcomed."""
    talker = Talker(secret, process, ahead=ahead)
    connected, protocol = await talker.socket.connect(timeout=PATIENCE)
    assert (connected, protocol) == (True, wire.SUBPROTOCOL)
    try:
        talker.welcome = await talker.hello(**hello)
        yield talker
    finally:
        await talker.socket.disconnect(timeout=PATIENCE)


async def eventually(check: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What a look at the database gives, once it gives something."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not (found := await db(check)):
        assert asyncio.get_running_loop().time() < deadline, "it did not happen"
        await asyncio.sleep(0.01)
    return found


def breaker(name: str = "bank", state: str = "CLOSED", since: float | None = None, **more: Any) -> wire.BreakerDeclared:
    """A declared breaker."""
    config = {"failure_threshold": 5, "recovery_timeout": 60.0}
    return wire.BreakerDeclared(name=name, state=state, since=since or now(), config=config, **more)


def transition(seq: int, sequence: int = 1, name: str = "bank", **more: Any) -> wire.Transition:
    """A transition, CLOSED to OPEN."""
    said: dict[str, Any] = {
        "at": now(),
        "before": "CLOSED",
        "after": "OPEN",
        "cause": "5 failures in a row",
        "evidence": {"consecutive_failures": 5, "last_failure": "TimeoutError: timed out"},
    }
    return wire.Transition(seq=seq, breaker=name, sequence=sequence, **(said | more))


def error(seq: int, fingerprint: str = "f1", **more: Any) -> wire.Error:
    """An error report."""
    said: dict[str, Any] = {
        "at": now(),
        "id": f"e{seq}",
        "severity": "high",
        "title": "TimeoutError in charge",
        "message": "timed out",
        "exception_type": "TimeoutError",
        "operation": "charge",
        "category": "transient",
        "reason": "timeout",
    }
    return wire.Error(seq=seq, fingerprint=fingerprint, **(said | more))


def a_slice(slot: int | None = None, *, calls: int = 10, **more: Any) -> wire.Slice:
    """A slice of one breaker."""
    slot = int(now()) // 10 - 1 if slot is None else slot
    said: dict[str, Any] = {
        "start": slot * 10.0,
        "breakers": (wire.BreakerSlice(name="bank", state="CLOSED", successes=calls),),
    }
    return wire.Slice(slot=slot, **(said | more))
