"""Who looks at which breakers, on whatever console process, and how pulses get there.

A page says what it shows to its own console process; the service's process is linked to one that may be another. So
every console process tells the others through the channel layer what its pages look at (a *wish*, renewed before it is
over), asks its own linked processes for the pulses of all that anybody looks at, and passes on, once a second, those
that another console process wished for. All of it may be lost: the next second, or the next renewal, makes good.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import msgspec
from channels.layers import get_channel_layer

from recovery import wire
from recovery.moment import clock

from .hub import Hub
from .pulses import Pulses

GROUP = "recovery.watching"
RENEW_SECONDS = 10.0
WISH_SECONDS = 25.0  # how long a wish of another console process lasts without renewal
MOST_PASSED = 200  # processes of one breaker in one message
REJOIN_SECONDS = 3600.0
RETRY_SECONDS = 2.0

Wishes = Mapping[int, frozenset[str]]  # names of breakers, by service

log = logging.getLogger("recovery.link")


class Watching:
    """Of one console process. Everything runs in the serving loop."""

    def __init__(self, hub: Hub, pulses: Pulses) -> None:
        self.origin = uuid4().hex
        self._hub, self._pulses = hub, pulses
        self._own: Wishes = {}
        self._others: dict[str, tuple[float, Wishes]] = {}  # by console process: until when, what
        self._told: Wishes = {}
        self._told_at = self._asked_at = float("-inf")
        self._asked: Wishes = {}

    def show(self, wishes: Wishes) -> None:
        """What pages of this console process look at now."""
        self._own = wishes

    async def tick(self) -> None:
        """Once a second: tell, ask, pass on."""
        at = clock().monotonic()
        self._others = {origin: wish for origin, wish in self._others.items() if wish[0] > at}
        self._ask(at)
        self._pulses.sweep()
        try:
            await self._tell(at)
            await self._pass_on()
        except Exception:
            log.warning("what pages look at was not told to other consoles; trying again", exc_info=True)

    def _ask(self, at: float) -> None:
        """The processes that are linked here, as soon as something new is looked at, and again before it is over."""
        wanted = together(self._own, *(wishes for _, wishes in self._others.values()))
        renew = at - self._asked_at >= RENEW_SECONDS
        for service, names in wanted.items():
            if renew or not names <= self._asked.get(service, frozenset()):
                self._hub.watch(service, sorted(names))
        self._asked, self._asked_at = wanted, at if renew else self._asked_at

    async def _tell(self, at: float) -> None:
        """The other console processes; that nobody looks any more is told once."""
        if self._own == self._told and (not self._own or at - self._told_at < RENEW_SECONDS):
            return
        wishes = {str(service): sorted(names)[: wire.limits.WATCHED] for service, names in self._own.items()}
        await self._send("watch", wishes=wishes)
        self._told, self._told_at = dict(self._own), at

    async def _pass_on(self) -> None:
        """What came in here and is looked at elsewhere, each breaker in one message."""
        foreign = together(*(wishes for _, wishes in self._others.values()))
        for service, names in foreign.items():
            mine = {session.peer.process for session in self._hub.sessions(service) if session.peer is not None}
            for name in sorted(names):
                beating = {key: each for key, each in self._pulses.beating(service, name).items() if key in mine}
                if beating:
                    some = list(beating.items())[:MOST_PASSED]
                    passed = [[key, each.age, msgspec.to_builtins(each.pulse)] for key, each in some]
                    await self._send("pulses", service=service, pulses=passed)

    async def _send(self, kind: str, **said: Any) -> None:
        await get_channel_layer().group_send(GROUP, {"type": kind, "origin": self.origin, **said})

    def heard(self, message: Mapping[str, Any]) -> None:
        """What another console process said."""
        origin = str(message.get("origin", ""))
        if origin == self.origin:
            return
        if message.get("type") == "watch":
            wishes = {int(service): frozenset(names) for service, names in message["wishes"].items()}
            self._others[origin] = clock().monotonic() + WISH_SECONDS, wishes
        elif message.get("type") == "pulses":
            for process, age, pulse in message["pulses"]:
                self._pulses.put(message["service"], process, [msgspec.convert(pulse, wire.BreakerPulse)], age)

    async def listen(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self._listen()
            except Exception:
                log.warning("other consoles are not heard; pages show the pulses of this one only", exc_info=True)
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        try:
            async with asyncio.timeout(REJOIN_SECONDS):
                while True:
                    self.heard(await layer.receive(channel))
        except TimeoutError:
            return
        finally:
            await layer.group_discard(GROUP, channel)


def together(*wishes: Wishes) -> dict[int, frozenset[str]]:
    """All of them, by service."""
    found: dict[int, frozenset[str]] = {}
    for each in wishes:
        for service, names in each.items():
            found[service] = found.get(service, frozenset()) | names
    return found
