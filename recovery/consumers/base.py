"""The base of our consumers: lean for each message, and cleaned up whatever happens."""

from __future__ import annotations

from typing import Any

from channels.consumer import AsyncConsumer, get_handler_name


class LeanConsumer(AsyncConsumer):
    """An async consumer without channels' hop to the database thread before every message (half its cost).

    So a subclass touches the database only through the writer thread or `database_sync_to_async`. `left` runs exactly
    once when the socket or job is over: after a disconnect, an exception, or the server's shutdown, where channels
    would not call `disconnect`.
    """

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Run until the connection is over, then clean up."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self.left()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Hand a message to the method named after its type."""
        handler = getattr(self, get_handler_name(message), None)
        if handler is None:
            raise ValueError(f"{type(self).__name__} has no handler for {message['type']!r}")
        await handler(message)

    async def left(self) -> None:
        """Clean up. Must not raise, and must cope with a connection that was never accepted."""
