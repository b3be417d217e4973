"""Answers questions about videos over HTTP: what a video is, and which there are."""

from __future__ import annotations

import asyncio
import math
from urllib.parse import urlsplit

from recovery import BreakerConfig, CircuitBreakerOpenError, circuit_breaker, retry
from recovery.fleet.web import Answer, BadAnswer, Missing, converse, get

from .process import Process, log
from .settings import PORT, seconds, upstream

CATALOGUE, SEARCH = upstream("catalogue"), upstream("search")

looking_up = BreakerConfig(
    failure_threshold=None,
    failure_rate=40,
    window_size=30,
    recovery_timeout=seconds(9),
    half_open_permits=2,
    half_open_successes=3,
)
searching = BreakerConfig(
    slow_call_rate=50, slow_call_duration=0.5, window_size=20, recovery_timeout=seconds(12), recovery_jitter=0.1
)


@circuit_breaker(name="metadata.get_video", service_name="metadata", config=looking_up, ignore=Missing)
@retry(
    name="metadata.get_video", service_name="metadata", max_attempts=2, base_delay=0.1, max_delay=1.0,
    attempt_timeout=0.8,
)  # fmt: skip
async def get_video(video: int) -> bytes:
    """What the catalogue says of it."""
    return await get(f"{CATALOGUE}/titles/{video}")


@circuit_breaker(name="metadata.search", service_name="metadata", config=searching)
@retry(name="metadata.search", service_name="metadata", max_attempts=2, base_delay=0.1, attempt_timeout=1.5)
async def search(words: str) -> bytes:
    """Which videos there are."""
    return await get(f"{SEARCH}/search?{words}")


async def answer(path: str) -> Answer:
    """One visitor's question."""
    parts = urlsplit(path)
    kind, _, rest = parts.path.strip("/").partition("/")
    try:
        if kind == "videos" and rest.isdecimal():
            return Answer(200, await get_video(int(rest)))
        if kind == "search":
            return Answer(200, await search(parts.query))
    except Missing:
        pass
    except CircuitBreakerOpenError as refusal:
        return Answer(503, b"not now\n", {"Retry-After": str(math.ceil(refusal.retry_after or 1))})
    except (OSError, BadAnswer) as error:
        log.warning("%s failed: %s: %s", kind, type(error).__name__, error)
        return Answer(502, b"the catalogue does not answer\n")
    return Answer(404, b"no such thing\n")


async def main(process: Process) -> None:
    """Serve until it shall end. Its processes share one port, and the kernel deals the visitors out."""
    server = await asyncio.start_server(
        lambda reader, writer: converse(answer, reader, writer), "127.0.0.1", PORT, reuse_port=True
    )
    await process.wait()
    server.close()


if __name__ == "__main__":
    this = Process()
    this.begin()
    asyncio.run(main(this))
