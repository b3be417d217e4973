"""The link of services, as a WebSocket: a token in the Authorization header, no cookies, no origin."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer

from recovery import wire
from recovery.ingest import closing, service
from recovery.ingest.access import admit
from recovery.ingest.closing import Closing
from recovery.ingest.session import Session

from .base import LeanConsumer

MOST_UNSENT = 5_000  # frames that wait for a process that does not read

log = logging.getLogger("recovery.link")


class LinkConsumer(LeanConsumer):
    """One socket of one process."""

    session: Session | None = None
    sender: asyncio.Task[None] | None = None

    async def websocket_connect(self, _message: dict[str, Any]) -> None:
        """Let it in, or say why not."""
        headers = dict(self.scope["headers"])
        if b"origin" in headers or wire.SUBPROTOCOL not in self.scope.get("subprotocols", ()):
            # A browser, or something that speaks another language: no handshake at all.
            await self.send({"type": "websocket.close", "code": closing.PROTOCOL})
            return
        await self.send({"type": "websocket.accept", "subprotocol": wire.SUBPROTOCOL})
        self._outbox: asyncio.Queue[bytes | Closing] = asyncio.Queue()
        self.sender = asyncio.create_task(self._send_on())
        running, hub = service.current(), service.hub()
        if running is None or hub is None:
            self._end(closing.later("the console is starting"))
            return
        admitted = await database_sync_to_async(admit, thread_sensitive=False)(headers.get(b"authorization", b""))
        if admitted is None:
            running.counts.add("refused_tokens")
            self._end(closing.revoked())
            return
        self.session = Session(running, hub, admitted, self._put, self._end)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """One frame."""
        if self.session is None:
            return
        try:
            text = message.get("text")
            if text is None:
                raise closing.protocol("frames are text, not binary")
            await self.session.take(text)
        except Closing as end:
            self.session.leave()
            self._end(end)

    async def websocket_disconnect(self, _message: dict[str, Any]) -> None:
        """The socket is gone."""
        raise StopConsumer

    async def left(self) -> None:
        """Whatever the reason: the link is over."""
        if self.session is not None:
            self.session.leave()
        if self.sender is not None:
            self.sender.cancel()

    def _put(self, frame: bytes) -> None:
        if self._outbox.qsize() >= MOST_UNSENT:
            self._end(closing.later("this process does not read"))
        else:
            self._outbox.put_nowait(frame)

    def _end(self, end: Closing) -> None:
        self._outbox.put_nowait(end)

    async def _send_on(self) -> None:
        """In one order, whoever sends; after a farewell nothing more."""
        while True:
            frame = await self._outbox.get()
            if isinstance(frame, Closing):
                if frame.reason != "bye":
                    await self.send({"type": "websocket.send", "text": frame.frame.decode()})
                await self.send({"type": "websocket.close", "code": frame.code})
                return
            await self.send({"type": "websocket.send", "text": frame.decode()})
