"""What happens to processes in real life: a new deployment restarts one, the kernel kills one without a word."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from random import Random

from .child import Child

log = logging.getLogger("recovery.fleet")

BETWEEN_SECONDS = (35.0, 110.0)
AWAY_SECONDS = (20.0, 45.0)  # that a killed one is missing


async def mishaps(children: Sequence[Child], seed: int, pace: float) -> None:
    """For ever: in turn, somebody is restarted and somebody killed."""
    draw = Random(f"{seed}/mishaps")
    while True:
        await asyncio.sleep(draw.uniform(*BETWEEN_SECONDS) * pace)
        restarted = draw.choice(children)
        log.info("%s is told to restart", restarted.name)
        restarted.restart()
        await asyncio.sleep(draw.uniform(*BETWEEN_SECONDS) * pace)
        killed = draw.choice(children)
        log.info("%s is killed", killed.name)
        killed.fail(draw.uniform(*AWAY_SECONDS) * pace)
