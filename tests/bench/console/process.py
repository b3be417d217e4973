"""A simulated service process: it speaks the real wire over a real socket and keeps to the protocol as a client does.

Hello, welcome, declare; a slice of all its breakers each slot; events batched for at most 100 ms; a beat each 15 s;
directives are confirmed; no more frames unacknowledged than it was allowed, but for one that never waits.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from recovery import wire
from tests.bench.console.reports import Reports

BATCH_SECONDS = 0.1


@dataclass
class Load:
    """What one process does while there is load."""

    breakers: int = 20
    errors: float = 0.0  # a second
    transitions: float = 0.0  # a second
    waits: bool = True  # for acknowledgements


@dataclass
class Told:
    """What came of it."""

    acks: list[float] = field(default_factory=list)  # s from a frame to its acknowledgement
    slices: int = 0
    errors: int = 0
    frames: int = 0
    slowed: int = 0
    rejected: int = 0
    applied: list[tuple[int, float]] = field(default_factory=list)  # revision, when (monotonic)
    changed: list[tuple[str, str, float]] = field(default_factory=list)  # breaker, state, when (monotonic)


class Simulated:
    """One process."""

    def __init__(self, url: str, token: str, name: str, load: Load, told: Told) -> None:
        self._url, self._token, self.name, self._load, self._told = url, token, name, load, told
        self._reports = Reports(name, load.breakers)
        self._limits = wire.orders.Limits()
        self._events: dict[int, float] = {}  # last seq of a frame -> when it was sent
        self._slots: dict[int, float] = {}
        self._room = asyncio.Event()
        self._gap, self._slow_until, self._next_frame = 0.0, 0.0, 0.0
        self.welcomed = asyncio.Event()
        self.loaded = asyncio.Event()

    async def run(self) -> None:
        """Link, and stay linked until cancelled."""
        headers = {"Authorization": f"Bearer {self._token}"}
        options: dict[str, Any] = {"subprotocols": [wire.SUBPROTOCOL], "compression": None, "ping_interval": None}
        options["open_timeout"] = 60
        async with connect(self._url, additional_headers=headers, **options) as socket:
            await self._say(socket, self._reports.hello())
            talking = (self._hear(socket), self._beats(socket), self._slices(socket), self._happens(socket))
            async with asyncio.TaskGroup() as group:
                for each in talking:
                    group.create_task(each)

    async def _say(self, socket: ClientConnection, message: wire.Message) -> None:
        for frame in wire.encode(message):
            await socket.send(frame.decode())

    async def _hear(self, socket: ClientConnection) -> None:
        async for text in socket:
            message = wire.decode(text)
            if isinstance(message, wire.Ack):
                self._acknowledged(message)
            elif isinstance(message, wire.Welcome):
                self._limits = message.limits
                await self._say(socket, self._reports.declare())
                self.welcomed.set()
            elif isinstance(message, wire.Directive):
                applied = wire.Applied(revision=message.revision, at=time.time(), id=message.id)
                self._told.applied.append((message.revision, time.monotonic()))
                await self._say(socket, applied)
            elif isinstance(message, wire.SlowDown):
                self._told.slowed += 1
                self._gap = 1 / message.frames_per_second
                self._slow_until = time.monotonic() + message.seconds
            elif isinstance(message, wire.Bye):
                return

    def _acknowledged(self, ack: wire.Ack) -> None:
        now = time.monotonic()
        self._told.rejected += len(ack.rejected)
        for slot in ack.slots:
            if slot in self._slots:
                self._told.acks.append(now - self._slots.pop(slot))
        for seq in [seq for seq in self._events if seq <= ack.seq]:
            self._told.acks.append(now - self._events.pop(seq))
        self._room.set()

    async def _may_send(self) -> None:
        """As many frames unacknowledged as it was allowed, and no more a second than it was asked for."""
        if not self._load.waits:
            return
        while len(self._events) + len(self._slots) >= self._limits.unacknowledged:
            self._room.clear()
            await self._room.wait()
        now = time.monotonic()
        if now < self._slow_until:
            self._next_frame = max(now, self._next_frame) + self._gap
            await asyncio.sleep(self._next_frame - self._gap - now)

    async def _beats(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(self._limits.beat_seconds)
            await self._say(socket, wire.Beat(clock=time.time()))

    async def _slices(self, socket: ClientConnection) -> None:
        """At its own moment of every slot, as processes that were started at different times do."""
        await self.loaded.wait()
        shift = random.random() * wire.limits.SLOT_SECONDS
        while self.loaded.is_set():
            now = time.time() - shift
            await asyncio.sleep(wire.limits.SLOT_SECONDS - now % wire.limits.SLOT_SECONDS)
            await self._may_send()
            part = self._reports.slice(int(time.time()) // wire.limits.SLOT_SECONDS - 1)
            self._slots[part.slot] = time.monotonic()
            self._told.slices += 1
            self._told.frames += 1
            await self._say(socket, part)

    async def _happens(self, socket: ClientConnection) -> None:
        """Errors and transitions at random moments; what comes within a batch goes in one frame."""
        await self.loaded.wait()
        errors, transitions = _Moments(self._load.errors), _Moments(self._load.transitions)
        while self.loaded.is_set():
            await asyncio.sleep(BATCH_SECONDS * (0.5 + random.random()) if errors.rate < 50 else 0)
            many, changes = errors.due(), transitions.due()
            if not many and not changes:
                continue
            await self._may_send()
            events = self._reports.events(many, changes, self._told.changed)
            self._events[events.events[-1].seq] = time.monotonic()
            self._told.errors += many
            self._told.frames += 1
            await self._say(socket, events)


class _Moments:
    """Random moments of a rate."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._next = time.monotonic() + (random.expovariate(rate) if rate else 1e9)

    def due(self, most: int = 1000) -> int:
        """How many have passed since the last look."""
        now, count = time.monotonic(), 0
        while self._next <= now and count < most:
            self._next += random.expovariate(self.rate)
            count += 1
        return count
