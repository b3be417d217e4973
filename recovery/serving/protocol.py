"""daphne's WebSocket protocol with limits: it stops reading from who floods, and leaves who does not read.

It leans on private names of Twisted's transport (`dataBuffer`, `offset`, `_tempDataLen`); tests/site floods it.
"""

from __future__ import annotations

from typing import Any

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

# What a reader may leave unread before it is dropped; without a limit 20 of them took 950 MB.
MOST_UNSENT = 2 * 2**20

# Going away, refused by policy, failed, restarting, try later: autobahn would refuse an application's wish for them.
CLOSE_CODES = frozenset({1001, 1008, 1011, 1012, 1013})


class SafeProtocol(WebSocketProtocol):
    """One socket."""

    def onMessage(self, payload: bytes, isBinary: bool) -> None:  # noqa: N802, N803 - autobahn's names
        """A message came in."""
        super().onMessage(payload, isBinary)
        queue = getattr(self, "application_queue", None)
        if queue is not None:
            queue.pause_if_full()

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:  # noqa: N802 - daphne's
        """A message goes out."""
        super().serverSend(content, binary)
        if self.unsent() > MOST_UNSENT:
            self.transport.abortConnection()

    def unsent(self) -> int:
        """Bytes that wait for the reader."""
        transport: Any = self.transport
        if transport is None or not hasattr(transport, "dataBuffer"):
            return 0
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802 - daphne's name
        """Close with the code that the application wants."""
        if code not in CLOSE_CODES:
            super().serverClose(code)
        elif self.state == self.STATE_OPEN:
            self.sendCloseFrame(code=code, reasonUtf8=b"", isReply=False)


class SafeFactory(WebSocketFactory):
    """Makes them."""

    protocol = SafeProtocol
