"""Downloads videos: asyncio workers that fetch, resume, and make thumbnails."""

from __future__ import annotations

import asyncio

from recovery import BreakerConfig, CircuitBreaker, RetryBudget, circuit_breaker, retry
from recovery.fleet.web import Missing, get

from .process import Process
from .settings import seconds, upstream
from .work import Work

VIDEOS, THUMBNAILS = upstream("videos"), upstream("thumbnails")

budget = RetryBudget(ratio=0.2, reserve=1.0)  # of all calls to the video host

fetching = BreakerConfig(
    failure_threshold=5,
    recovery_timeout=seconds(8),
    recovery_growth=1.5,
    recovery_timeout_max=seconds(30),
    recovery_jitter=0.1,
)
resuming = BreakerConfig(
    failure_threshold=None,
    failure_rate=50,
    window="time",
    window_size=20,
    recovery_timeout=seconds(10),
    half_open_permits=2,
    half_open_successes=3,
)
# New limits on trial: it watches, and says when it would have opened.
thumbnails = CircuitBreaker(
    name="download.thumbnail",
    service_name="download",
    config=BreakerConfig(failure_threshold=3, failure_rate=25, window_size=20, recovery_timeout=seconds(10)),
    ignore=Missing,
)


@circuit_breaker(name="download.fetch", service_name="download", config=fetching, ignore=Missing)
@retry(
    name="download.fetch", service_name="download", budget=budget,
    max_attempts=3, base_delay=0.1, max_delay=2.0, jitter="full", attempt_timeout=1.0,
)  # fmt: skip
async def fetch(video: int) -> bytes:
    """The whole of it."""
    return await get(f"{VIDEOS}/videos/{video}")


@circuit_breaker(name="download.resume", service_name="download", config=resuming, ignore=Missing)
@retry(
    name="download.resume", service_name="download", budget=budget,
    max_attempts=2, base_delay=0.2, max_delay=2.0, attempt_timeout=1.0,
)  # fmt: skip
async def resume(video: int) -> bytes:
    """What is left of it."""
    return await get(f"{VIDEOS}/rest/{video}")


@circuit_breaker(thumbnails)
@retry(name="download.thumbnail", service_name="download", max_attempts=2, base_delay=0.1, attempt_timeout=0.8)
async def thumbnail(video: int) -> bytes:
    """A small picture."""
    return await get(f"{THUMBNAILS}/thumbnails/{video}")


async def main(process: Process) -> None:
    """Until it shall end."""
    tasks = [
        *Work("fetch", rate=1.2, workers=3).start_tasks(fetch),
        *Work("resume", rate=0.7, workers=2).start_tasks(resume),
        *Work("thumbnail", rate=0.7, workers=2).start_tasks(thumbnail),
    ]
    await process.wait()
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    this = Process()
    this.begin()
    thumbnails.observe(reason="new limits on trial", actor="download")
    asyncio.run(main(this))
