"""Real servers on loopback that answer as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from recovery.health import networks

LOOPBACK = networks(["127.0.0.0/8", "::1"])
Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def saying(text: str) -> Answer:
    """Always the same bytes, then the end."""

    async def answer(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(text.replace("\n", "\r\n").encode())

    return answer


def status(line: str, *headers: str, body: str = "") -> Answer:
    """A whole answer."""
    return saying("\n".join((f"HTTP/1.1 {line}", *headers, "", body)))


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[int]:
    """Serve until the block ends; yields the port."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            await answer(request, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        for _ in range(5):  # a connection that was just accepted gets its task
            await asyncio.sleep(0)
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
