"""The socket of a page: who looks, and what the page shows. The hub feeds it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer

from recovery.live.browsers import Browser, asked
from recovery.live.hub import the_hub
from recovery.permissions import role_of

from .base import LeanConsumer

NOT_ALLOWED, WRONG = 4403, 4400
ASK_AGAIN_SECONDS = 60.0

log = logging.getLogger("recovery.live")


class BrowserConsumer(LeanConsumer):
    """One page. It says what it shows; it gets that at once, and again whenever it changes."""

    browser: Browser | None = None
    watch: asyncio.Task[None] | None = None

    async def websocket_connect(self, _message: dict[str, Any]) -> None:
        """Let in who has a role."""
        person = await allowed(self.scope)
        if person is None:
            await self.send({"type": "websocket.close", "code": NOT_ALLOWED})
            return
        await self.send({"type": "websocket.accept"})
        self.browser = Browser(self._tell, person)
        the_hub().join(self.browser)
        self.watch = asyncio.create_task(self._ask_again(self.browser.doubted))

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """What the page shows now."""
        if self.browser is None:
            return
        try:
            keys, rows = asked(message.get("text") or "")
        except ValueError:
            await self.send({"type": "websocket.close", "code": WRONG})
            return
        new = keys - self.browser.keys
        self.browser.keys, self.browser.rows = keys, rows
        self.browser.beat()
        the_hub().show(self.browser, new)

    async def websocket_disconnect(self, _message: dict[str, Any]) -> None:
        """The page is gone; `left` cleans up."""
        raise StopConsumer

    async def left(self) -> None:
        """Leave the hub."""
        if self.watch is not None:
            self.watch.cancel()
        if self.browser is not None:
            the_hub().drop(self.browser)

    async def _tell(self, text: str) -> None:
        await self.send({"type": "websocket.send", "text": text})

    async def _ask_again(self, doubted: asyncio.Event) -> None:
        """Signing out, a lost role or a deactivation ends the page's socket at once, an expired session in a minute."""
        while await self._may_look():
            with suppress(TimeoutError):
                await asyncio.wait_for(doubted.wait(), ASK_AGAIN_SECONDS)
            doubted.clear()
        await self.send({"type": "websocket.close", "code": NOT_ALLOWED})

    async def _may_look(self) -> bool:
        """As far as the database says; while it is away nothing is shown, and it is asked again."""
        try:
            return await allowed(self.scope) is not None
        except Exception:
            log.warning("it is not known who looks at a page; asking again", exc_info=True)
            return True


async def allowed(scope: dict[str, Any]) -> int | None:
    """Whose this socket is; None: whoever opened it may not look, as of now."""
    session = scope.get("session")
    if session is None or not await database_sync_to_async(session.exists)(session.session_key):
        return None
    user = await get_user(scope)
    return user.pk if await database_sync_to_async(role_of)(user) else None
