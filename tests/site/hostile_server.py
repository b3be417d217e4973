"""A server of ours in front of an application that is slow to listen (/slow) or never stops talking (/chatty).

Prints its port; ends with the first line on its standard input.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

import daphne.server  # noqa: F401 - first: it installs the reactor of asyncio
from twisted.internet import reactor

from recovery.serving.server import SafeServer
from tests.e2e.product import free_port


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Accept, then be slow or chatty."""
    if scope["type"] != "websocket":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while scope["path"] == "/chatty":
        await send({"type": "websocket.send", "text": "x" * 50_000})
        await asyncio.sleep(0.002)
    while (await receive())["type"] != "websocket.disconnect":  # noqa: ASYNC110 - slow on purpose
        await asyncio.sleep(0.02)


async def nothing() -> None:
    """No services here."""


def main() -> None:
    """Serve until told to end."""
    port = free_port()
    server = SafeServer(
        application, endpoints=[f"tcp:{port}:interface=127.0.0.1"], before_sockets=nothing, after_sockets=nothing
    )
    threading.Thread(target=lambda: (sys.stdin.readline(), reactor.callFromThread(reactor.stop)), daemon=True).start()
    reactor.callWhenRunning(lambda: print(port, flush=True))  # noqa: T201
    server.run()


if __name__ == "__main__":
    main()
