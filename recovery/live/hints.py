"""Hints: ``{topic, id, rev}`` through the channel layer, which may drop them. Whoever gets one reads the database.

Topics: ``breaker`` (id: breaker), ``service`` (id: service; its processes or revision), ``desired`` (id: service; the
link hubs fan a new revision out), ``error`` (id: group), ``check`` (id: check), ``console`` (its own health),
``person`` (id: user; what they may, or a session of theirs, is over), ``rollout`` (id: rollout).
"""

from __future__ import annotations

import logging
from typing import Any

GROUP = "recovery.hints"
TOPICS = frozenset({"breaker", "service", "desired", "error", "check", "console", "person", "rollout"})

log = logging.getLogger("recovery.live")


def hint_on_commit(topic: str, id: int | str = 0, rev: int = 0) -> None:  # noqa: A002 - the word on the wire
    """Send the hint once the present transaction is committed (at once where there is none)."""
    from django.db import transaction

    transaction.on_commit(lambda: send_hint(topic, id, rev))


def send_hint(topic: str, id: int | str = 0, rev: int = 0) -> None:  # noqa: A002
    """Send it now, from any thread. A hint that is lost heals by the next tick, so failures are logged, not raised."""
    if topic not in TOPICS:
        raise ValueError(f"topic must be one of {', '.join(sorted(TOPICS))}, got {topic!r}")
    message = {"type": "hint", "topic": topic, "id": id, "rev": rev}
    try:
        _send(message)
    except Exception:
        log.warning("a hint was not sent", exc_info=True, extra={"topic": topic, "id": id})


def _send(message: dict[str, Any]) -> None:
    import asyncio

    from channels.layers import get_channel_layer

    from .loop import main_loop

    layer = get_channel_layer()
    loop = main_loop()
    if loop is not None and loop.is_running():
        # A raw thread that runs async_to_sync would be noticed only when the loop wakes for another reason.
        asyncio.run_coroutine_threadsafe(layer.group_send(GROUP, message), loop)
        return
    from asgiref.sync import async_to_sync

    async_to_sync(layer.group_send)(GROUP, message)
