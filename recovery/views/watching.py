"""What pages of this process show of single breakers is watched, and drawn anew as pulses come: once a second."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection

from channels.db import database_sync_to_async

from recovery.ingest import service
from recovery.ingest.pulses import Beating
from recovery.live.hub import Hub
from recovery.queries.breaker.which import Which, by_ids

SECONDS = 1.0
PART = "breaker-live:"
ROWS_A_SECOND = 25  # processes of one breaker that are drawn anew; of a hundred, all of them every fourth second

log = logging.getLogger("recovery.live")


def beating(which: Which) -> dict[int, Beating]:
    """The fresh pulses of a breaker, by process; where this process takes no links, none."""
    ingest = service.current()
    return ingest.pulses.beating(which.service_id, which.name) if ingest else {}


class Watcher:
    """Of one hub. A breaker that is shown is looked up once."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._known: dict[int, Which] = {}
        self._beat: set[int] = set()
        self._turn = 0

    async def tick(self) -> None:
        """Say what is shown, and which of it has pulses, or has no more."""
        ids = shown(self._hub.shown())
        await self._look_up(ids)
        watching = service.watching()
        if watching is not None:
            names: dict[int, set[str]] = defaultdict(set)
            for which in self._known.values():
                names[which.service_id].add(which.name)
            watching.show({key: frozenset(its) for key, its in names.items()})
        self._turn += 1
        beat = {key: len(its) for key, which in self._known.items() if (its := beating(which))}
        for key in beat.keys() | self._beat:
            self._hub.hear("pulse", key)
            if self._turn % max(1, beat.get(key, 0) // ROWS_A_SECOND) == 0:
                self._hub.hear("pulses", key)
        self._beat = set(beat)

    async def _look_up(self, ids: Collection[int]) -> None:
        self._known = {key: which for key, which in self._known.items() if key in ids}
        new = [key for key in ids if key not in self._known]
        if new:
            self._known |= await database_sync_to_async(by_ids, thread_sensitive=False)(new)


def shown(keys: Collection[str]) -> set[int]:
    """The breakers whose live part is among these keys."""
    numbers = (key.removeprefix(PART) for key in keys if key.startswith(PART))
    return {int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) <= 18}


async def watch(hub: Hub) -> None:
    """Until cancelled."""
    watcher = Watcher(hub)
    while True:
        try:
            await watcher.tick()
        except Exception:
            log.warning("what pages show is not watched; trying again", exc_info=True)
        await asyncio.sleep(SECONDS)
