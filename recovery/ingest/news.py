"""Hints about the desired state make the link hub look at once; without them it looks every second."""

from __future__ import annotations

import asyncio
import logging

from channels.layers import get_channel_layer

from recovery.live.hints import GROUP

from .hub import Hub

REJOIN_SECONDS = 3600.0  # a group forgets members after a day
RETRY_SECONDS = 2.0
QUIET_SECONDS = 0.01  # hints come in bursts: one look for all of them

log = logging.getLogger("recovery.link")


async def listen(hub: Hub) -> None:
    """Until cancelled."""
    while True:
        try:
            await _listen(hub)
        except Exception:
            log.warning("hints do not come in; the link hub looks every second", exc_info=True)
            await asyncio.sleep(RETRY_SECONDS)


async def _listen(hub: Hub) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    try:
        async with asyncio.timeout(REJOIN_SECONDS):
            while True:
                hint = await layer.receive(channel)
                if hint.get("topic") == "desired":
                    await asyncio.sleep(QUIET_SECONDS)
                    await hub.look()
    except TimeoutError:
        return
    finally:
        await layer.group_discard(GROUP, channel)
