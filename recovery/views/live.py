"""How the hub of this process renders the parts of pages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from typing import Any

from channels.db import database_sync_to_async

from recovery.ingest.trouble import passes
from recovery.live.hub import FRAME_SECONDS, Part, the_hub
from recovery.live.listen import listen

from . import fragments
from .watching import watch

ROW = "row:"
DIGITS = 18

log = logging.getLogger("recovery.live")


async def render(keys: Collection[str]) -> list[Part]:
    """Parts by key, rendered in a thread of their own; what is gone is left out."""
    return await database_sync_to_async(_rendered, thread_sensitive=False)(keys)


def _rendered(keys: Collection[str]) -> list[Part]:
    numbers = [key.removeprefix(ROW) for key in keys if key.startswith(ROW)]
    ids = [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) <= DIGITS]
    made = fragments.render_rows(ids) if ids else {}
    for key in keys:
        if not key.startswith(ROW):
            try:
                made[key] = fragments.render(key)
            except LookupError:
                continue
            except Exception as problem:
                if passes(problem):
                    raise
                log.exception("a part of a page could not be rendered; others go on", extra={"key": key[:100]})
    return [(key, fragments.root_id(key), html) for key, html in made.items()]


async def run(_options: Any = None) -> None:
    """Feed the pages of this process until cancelled. A service of `up`."""
    hub = the_hub()
    hub.render_with(render, fragments.keys_for)
    beside = [asyncio.create_task(listen(hub.hear)), asyncio.create_task(watch(hub))]
    try:
        while True:
            await hub.tick()
            await asyncio.sleep(FRAME_SECONDS)
    finally:
        for each in beside:
            each.cancel()
