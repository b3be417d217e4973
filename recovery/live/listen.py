"""One member of the hints' group per listener, re-joined before the layer forgets it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from channels.layers import get_channel_layer

from .hints import GROUP

REJOIN_SECONDS = 3600.0  # a group forgets members after a day
RETRY_SECONDS = 2.0

log = logging.getLogger("recovery.live")


async def listen(hear: Callable[[str, int | str], None]) -> None:
    """Call ``hear(topic, id)`` for every hint, until cancelled. A layer that is away is tried again."""
    while True:
        try:
            await _listen(hear)
        except Exception:
            log.warning("hints do not come in; pages are refreshed every few seconds only", exc_info=True)
            await asyncio.sleep(RETRY_SECONDS)


async def _listen(hear: Callable[[str, int | str], None]) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel()
    await layer.group_add(GROUP, channel)
    try:
        async with asyncio.timeout(REJOIN_SECONDS):
            while True:
                hint = await layer.receive(channel)
                hear(str(hint.get("topic", "")), hint.get("id", 0))
    except TimeoutError:
        return
    finally:
        await layer.group_discard(GROUP, channel)
