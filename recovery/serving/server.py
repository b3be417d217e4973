"""daphne, hardened: flow control, limits, a clean end, and a failure to listen that is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import daphne.server
from daphne.server import Server
from twisted.internet import defer, reactor

from recovery.live.loop import serve_on

from .ending import end_for_sure
from .flow import BoundedQueue
from .protocol import SafeFactory

log = logging.getLogger("recovery.serving")

RESTARTING = 1012
HANDSHAKES = 0.3  # seconds for the close handshakes
MESSAGE = 2**20  # bytes; the wire's own limit is lower and answers in words

Step = Callable[[], Awaitable[None]]


class SafeServer(Server):
    """Runs until stopped. On the way out: `before_sockets`, the sockets' closing, `after_sockets`."""

    def __init__(self, application: Any, *, before_sockets: Step, after_sockets: Step, **options: Any) -> None:
        super().__init__(
            application,
            websocket_timeout=-1,  # a socket lives as long as both sides want
            websocket_max_message_size=MESSAGE,
            websocket_max_frame_size=MESSAGE,
            server_name="recovery",
            **options,
        )
        self.before_sockets, self.after_sockets = before_sockets, after_sockets
        self.failure = ""

    def run(self) -> None:
        """Serve. Returns when the server has ended."""
        daphne.server.WebSocketFactory = SafeFactory
        reactor.callWhenRunning(lambda: serve_on(asyncio.get_event_loop()))
        try:
            super().run()
        finally:
            serve_on(None)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> asyncio.Queue | None:
        """As daphne's, with a queue that holds a flooding socket back."""
        if scope["type"] != "websocket":
            return super().create_application(protocol, scope)
        queue = BoundedQueue(protocol)
        scope.setdefault("asgi", {"version": "3.0"})
        running = self.application(scope=scope, receive=queue.get, send=partial(self.handle_reply, protocol))
        if protocol not in self.connections:
            running.close()
            return None
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(running)
        return queue

    def listen_error(self, failure: Any) -> None:
        """Keep what went wrong for the command, and stop."""
        self.failure = failure.getErrorMessage()
        super().listen_error(failure)

    def kill_all_applications(self) -> Any:
        """The last thing before the end: daphne would only cancel, so that nobody could say goodbye."""
        leaving = defer.Deferred.fromFuture(asyncio.ensure_future(self._leave()))
        leaving.addCallback(lambda _: super(SafeServer, self).kill_all_applications())
        return leaving

    async def _leave(self) -> None:
        end_for_sure()
        try:
            await self.before_sockets()
            self._close_sockets()
            await self.after_sockets()
            await asyncio.sleep(HANDSHAKES)
        except Exception:
            log.exception("the end was not clean")

    def _close_sockets(self) -> None:
        for protocol, details in list(self.connections.items()):
            if "disconnected" not in details and hasattr(protocol, "serverClose"):
                protocol.serverClose(RESTARTING)
            details.setdefault("application_instance", _nothing())


def _nothing() -> asyncio.Future[None]:
    done: asyncio.Future[None] = asyncio.get_event_loop().create_future()
    done.set_result(None)
    return done
