"""Many simulated processes in one: `python -m tests.bench.console.fleet '{…}'`, steered by lines on its standard input.

It says `linked` when all are welcomed. `load` begins the load, `calm` ends it; what came of it is told as JSON when the
input ends.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

from tests.bench.console.process import Load, Simulated, Told

JOINING = 25  # processes that link at the same time


async def main(plan: dict[str, Any]) -> None:
    """Run until the input ends."""
    told, load = Told(), Load(**plan["load"])
    tokens: dict[str, str] = plan["tokens"]
    services = list(tokens)
    members = []
    for number in range(plan["processes"]):
        service = services[number % len(services)]
        name = f"{service}/{plan['prefix']}{number}"
        members.append(Simulated(plan["url"], tokens[service], name, load, told))
    gate = asyncio.Semaphore(JOINING)
    running = [asyncio.create_task(_joined(each, gate)) for each in members]
    await asyncio.gather(*(each.welcomed.wait() for each in members))
    print("linked", flush=True)
    await _obey(members)
    failed = [task.exception() for task in running if task.done() and not task.cancelled() and task.exception()]
    for task in running:
        task.cancel()
    print(json.dumps({**asdict(told), "lost": len(failed), "why": repr(failed[:1])}), flush=True)


async def _joined(member: Simulated, gate: asyncio.Semaphore) -> None:
    """Link, and try again like a client where that fails; whoever was linked once and is not any more is lost."""
    while True:
        async with gate:
            running = asyncio.create_task(member.run())
            welcomed = asyncio.create_task(member.welcomed.wait())
            await asyncio.wait((running, welcomed), return_when=asyncio.FIRST_COMPLETED)
            welcomed.cancel()
        if member.welcomed.is_set():
            return await running
        await asyncio.wait((running,))
        await asyncio.sleep(1)


async def _obey(members: list[Simulated]) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        for each in members:
            each.loaded.set() if line.strip() == b"load" else each.loaded.clear()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
