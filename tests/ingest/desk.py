"""The writer's desk: hand a report in, get what became of it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from recovery import moment, wire
from recovery.ingest.counts import Counts
from recovery.ingest.greeting import Greeting
from recovery.ingest.inbox import Inbox
from recovery.ingest.jobs import Greet, Heard, Job, Leave, Peer, Sent
from recovery.ingest.writer import Writer
from recovery.models import Service

PATIENCE = 20.0


def a_service(name: str = "shop", environment: str = "production") -> int:
    return Service.objects.create(name=name, environment=environment, created_at=moment.now()).pk


@dataclass
class Desk:
    """Without a thread it keeps at once, in the caller's."""

    inbox: Inbox
    writer: Writer
    counts: Counts

    def hand_in(self, work: Any, peer: Peer | None = None) -> Future[Any]:
        """Put a report into the inbox."""
        kept: Future[Any] = Future()
        self.inbox.put(Job(work, peer, kept.set_result))
        return kept

    def keep(self, work: wire.Message | Greet | Leave | Heard | Sent, peer: Peer | None = None) -> Any:
        """Put it in, and wait until it is kept."""
        return self.hand_in(work, peer).result(PATIENCE)

    def greet(
        self, service: int, uid: str = "p1", *, ahead: float = 0.0, known: Peer | None = None, **more: Any
    ) -> Greeting:
        """A process says hello."""
        clock = moment.now().timestamp() + ahead
        said = {"host": "web-1", "pid": 1, "service_version": "1", "started": clock - 60} | more
        hello = wire.Hello(process=uid, protocol=(1, 1), clock=clock, **said)
        greeting = self.keep(Greet(service, 0, hello, known=known))
        assert isinstance(greeting, Greeting)
        return greeting

    def peer(self, service: int, uid: str = "p1", **more: Any) -> Peer:
        """A process that is linked."""
        return self.greet(service, uid, **more).peer

    def leave(self, peer: Peer, ending: str = "lost") -> None:
        """Its link ends."""
        self.keep(Leave(peer.process, peer.interval, ending))


def ahead_of(peer: Peer, seconds: float) -> Peer:
    """The same with another clock."""
    return replace(peer, offset=seconds)
