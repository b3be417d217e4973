"""``python -m recovery.fleet.visitors URL SEED``: people who ask the metadata service."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import suppress
from random import Random

from .parent import when_parent_is_gone
from .web import BadAnswer, get

VISITORS, QUESTIONS_PER_SECOND = 8, 1.6  # of each
PATIENCE = 4.0  # s
WORDS = ("cats", "trains", "cooking", "chess", "mountains", "repair", "jazz", "history")


async def visit(url: str, draw: Random) -> None:
    """One visitor's day."""
    while True:
        await asyncio.sleep(draw.expovariate(QUESTIONS_PER_SECOND))
        question = f"/search?q={draw.choice(WORDS)}" if draw.random() < 0.25 else f"/videos/{draw.randrange(1, 9_000)}"
        with suppress(OSError, BadAnswer):
            async with asyncio.timeout(PATIENCE):
                await get(url + question)


async def main(url: str, seed: str) -> None:
    """Until the end."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    when_parent_is_gone(lambda: loop.call_soon_threadsafe(over.set))
    tasks = [asyncio.create_task(visit(url, Random(f"{seed}/visitor/{number}"))) for number in range(VISITORS)]
    await over.wait()
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
