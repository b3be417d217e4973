"""The event loop that serves this process, for threads that have something to tell it."""

from __future__ import annotations

import asyncio


class _Holder:
    """The serving loop, once there is one."""

    loop: asyncio.AbstractEventLoop | None = None


def serve_on(loop: asyncio.AbstractEventLoop | None) -> None:
    """Say which loop serves (the server says so when it starts; None when it stops)."""
    _Holder.loop = loop


def main_loop() -> asyncio.AbstractEventLoop | None:
    """The serving loop, or None."""
    return _Holder.loop
