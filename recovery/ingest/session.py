"""One link, whatever carries it: the order of messages, what is handed to the writer, what is answered.

Runs in the serving loop. ``send`` takes a frame and must not wait; ``end`` ends the link from the console's side.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from recovery import wire
from recovery.moment import clock, now

from . import closing
from .access import Access
from .acks import Acks
from .closing import Closing
from .frames import Received, received
from .greeting import Greeting
from .hub import Hub
from .jobs import Greet, Job, Leave, Peer, Refused, Report
from .parts import Parts
from .rate import EVENTS_PER_SECOND, Bucket
from .service import Ingest
from .times import measured

UNACKNOWLEDGED = 16  # frames on their way at once, as the process is told; twice as many are taken
MOST_UNACKNOWLEDGED_BYTES = 8 * 1024 * 1024
SLOW_SECONDS = 10.0

Send = Callable[[bytes], None]
End = Callable[[Closing], None]


class Session:
    """The console's end of a link."""

    def __init__(self, ingest: Ingest, hub: Hub, access: Access, send: Send, end: End, *, lasting: bool = True) -> None:
        self.ingest, self.hub, self.access, self.lasting = ingest, hub, access, lasting
        self.send, self.end = send, end
        self.peer: Peer | None = None
        self.revision = 0  # of the desired state: what was sent so far
        self.heard = clock().monotonic()
        self.waiting = False  # for room: it is not read, so it cannot be heard
        self.ending = "lost"
        self.closed = False
        self._loop = asyncio.get_running_loop()
        self._acks = Acks(send, self._loop.call_soon)
        self._parts, self._bucket = Parts(), Bucket()
        self._out, self._out_bytes = 0, 0
        self._freed = asyncio.Event()
        self._slowed_until = 0.0

    async def take(self, frame: str | bytes) -> None:
        """Handle one frame. Raises Closing where the link must end."""
        if self.closed:
            return
        self.heard = clock().monotonic()
        self.ingest.counts.add("frames")
        try:
            got = received(frame)
            await self._handle(got, len(frame))
        except Closing as end:
            if end.reason != "bye":
                self.ending = end.reason
                self.ingest.counts.add(f"closed_{end.code}")
            raise

    async def _handle(self, got: Received, size: int) -> None:
        message = got.message
        if isinstance(message, wire.Unknown):
            self.ingest.counts.add("unknown_messages")
        elif isinstance(message, wire.Hello):
            await self._hello(message)
        elif self.peer is None:
            raise closing.protocol("hello comes first")
        elif isinstance(message, wire.Events) or got.rejected:
            await self._events(got, size)
        elif isinstance(message, wire.Slice):
            await self._slice(message, size)
        elif isinstance(message, wire.Declare | wire.Applied):
            await self._put(message, size, lambda _: None)
        elif isinstance(message, wire.Pulse):
            self.ingest.pulses.take(self.peer.service, self.peer.process, message)
        elif isinstance(message, wire.Beat):
            self._beat(message)
        elif isinstance(message, wire.Bye):
            self.ending = "bye"
            raise Closing("bye", closing.NORMAL)
        else:
            raise closing.protocol(f"{type(message).__name__.lower()} is not for a process to say")

    async def _hello(self, hello: wire.Hello) -> None:
        version = wire.chosen(hello.protocol)
        if version is None:
            spoken = " to ".join(map(str, wire.SPOKEN))
            raise closing.protocol(f"no protocol version in common: here {spoken}, there {hello.protocol}")
        if self.peer is not None and self.peer.uid != hello.process:
            raise closing.protocol("this link belongs to another process")
        if self.lasting:
            self.hub.claim(self, hello.process)
        known = self.peer
        greet = Greet(self.access.service, self.access.token, hello, self.lasting, known)
        greeting = await self._greeted(greet)
        self.peer = greeting.peer
        self.revision = greeting.desired.revision
        self._welcome(greeting, version, hello.revision)
        if self.lasting:
            self.hub.add(self)
        self.hub.sent([self], greeting.commands)

    async def _greeted(self, greet: Greet) -> Greeting:
        greeting = await self.ingest.keep(Job(greet))
        if isinstance(greeting, Refused):
            raise closing.later(greeting.why)
        assert isinstance(greeting, Greeting)
        if self.closed:  # replaced or stopped meanwhile: the interval that was just opened ends again
            self.ingest.inbox.put(Job(Leave(greeting.peer.process, greeting.peer.interval, self.ending)))
            raise closing.replaced()
        return greeting

    def _welcome(self, greeting: Greeting, version: int, told: int) -> None:
        desired = greeting.desired
        known = not self.lasting and desired.revision == told  # single requests say hello every time
        welcome = wire.Welcome(
            protocol=version,
            clock=now().timestamp(),
            limits=wire.Limits(events_per_second=EVENTS_PER_SECOND, unacknowledged=UNACKNOWLEDGED),
            last_slot=greeting.last_slot,
            last_seq=greeting.last_seq,
            desired=None if known else desired,
            restore=greeting.restore,
        )
        for frame in wire.encode(welcome):
            self.send(frame)

    async def _events(self, got: Received, size: int) -> None:
        events, rejected, seq = got.message, got.rejected, got.seq
        self.ingest.counts.add("rejected", len(rejected))
        if not isinstance(events, wire.Events) or not events.events:
            self._acks.add(seq=seq, rejected=rejected)
            return
        if not self._bucket.takes(len(events.events)):
            self.slow_down("too many events", EVENTS_PER_SECOND / 2)

        def kept(result: Any) -> None:
            if isinstance(result, Refused):
                every = tuple(wire.Rejected(why=result.why, seq=event.seq) for event in events.events)
                self._acks.add(seq=seq, rejected=rejected + every)
            else:
                self._acks.add(seq=seq, rejected=rejected)

        await self._put(events, size, kept)

    async def _slice(self, part: wire.Slice, size: int) -> None:
        whole = self._parts.whole(part)
        if whole is None:
            return

        def kept(result: Any) -> None:
            if isinstance(result, Refused):
                self._acks.add(rejected=(wire.Rejected(why=result.why, slot=whole.slot),))
            else:
                self._acks.add(slot=whole.slot)

        await self._put(whole, size * whole.parts, kept)

    def _beat(self, beat: wire.Beat) -> None:
        assert self.peer is not None
        ours = now().timestamp()
        offset = measured(self.peer.offset, beat.clock, ours)
        if offset != self.peer.offset:
            self.peer = Peer(
                self.peer.service,
                self.peer.process,
                self.peer.interval,
                self.peer.uid,
                self.peer.host,
                self.peer.version,
                offset,
            )
        if not beat.echo:
            self.send(wire.encode(wire.Beat(clock=ours, echo=beat.clock))[0])

    async def _put(self, report: Report, size: int, kept: Callable[[Any], None]) -> None:
        """Hand a report to the writer, once there is room for it: until then nothing more is read."""
        await self._room()
        self._out += 1
        self._out_bytes += size

        def settled(result: Any) -> None:
            self._out -= 1
            self._out_bytes -= size
            self._freed.set()
            kept(result)

        self.ingest.inbox.put(Job(report, self.peer, settled, self._loop, size))

    async def _room(self) -> None:
        inbox = self.ingest.inbox
        if inbox.busy:
            self.slow_down("the database is busy", 50.0)
        self.waiting = True
        try:
            while self._out >= 2 * UNACKNOWLEDGED or self._out_bytes >= MOST_UNACKNOWLEDGED_BYTES:
                self._freed.clear()
                await self._freed.wait()
            await inbox.room()
        finally:
            self.waiting = False
            self.heard = clock().monotonic()

    async def settled(self) -> None:
        """Wait until everything that was handed over is kept or refused, and said so."""
        while self._out:
            self._freed.clear()
            await self._freed.wait()
        self._acks.flush()

    def slow_down(self, reason: str, events_per_second: float) -> None:
        """Ask for less, but not more often than such a wish lasts."""
        at = clock().monotonic()
        if at < self._slowed_until:
            return
        self._slowed_until = at + SLOW_SECONDS
        self.ingest.counts.add("slowed")
        wish = wire.SlowDown(
            seconds=SLOW_SECONDS, frames_per_second=2.0, events_per_second=events_per_second, reason=reason
        )
        self.send(wire.encode(wish)[0])

    def close(self, end: Closing, ending: str) -> None:
        """End it from our side; the link's interval ends with this word."""
        if not self.closed:
            self.ending = ending
            self.leave()
            self.end(end)

    def leave(self) -> None:
        """It is over: whoever asks no longer finds it here."""
        if self.closed:
            return
        self.closed = True
        self.hub.drop(self)
        if self.peer is not None and (self.lasting or self.ending == "bye"):
            self.ingest.pulses.drop(self.peer.service, self.peer.process)
            self.ingest.inbox.put(Job(Leave(self.peer.process, self.peer.interval, self.ending)))
