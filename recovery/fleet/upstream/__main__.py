"""``python -m recovery.fleet.upstream SEED PACE NAME=PORT …``: port 0 takes a free one.

The first line of its output says the ports, each further one a mood. It ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys

from recovery.fleet.parent import when_parent_is_gone

from .backend import Backend
from .moods import spells


def say(line: str) -> None:
    """To whoever started us, if they still listen."""
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        pass


async def serve(seed: int, pace: float, ports: dict[str, int]) -> None:
    """Until the end."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, over.set)
    when_parent_is_gone(lambda: loop.call_soon_threadsafe(over.set))
    backends = [Backend(name, port, seed) for name, port in ports.items()]
    for backend in backends:
        await backend.open()
    say(json.dumps({backend.name: backend.port for backend in backends}))
    lives = [asyncio.create_task(backend.live(spells(seed, backend.name, pace), say)) for backend in backends]
    await over.wait()
    for life in lives:
        life.cancel()
    for backend in backends:
        backend.close()


def main(seed: str, pace: str, *backends: str) -> None:
    """The command line."""
    named = (backend.partition("=") for backend in backends)
    asyncio.run(serve(int(seed), float(pace), {name: int(port or 0) for name, _, port in named}))


if __name__ == "__main__":
    main(*sys.argv[1:])
