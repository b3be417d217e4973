"""Many browsers in one process: `python -m tests.bench.console.watchers '{…}'`. When did each see which state?

It says `open` when all have their first frame. When its input ends it tells, for each state that a row came to show,
the moments at which one of them had it.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Any
from urllib.parse import urlsplit

from tests.bench.console.watcher import Watcher

JOINING = 50
_STATE = re.compile(r'data-state="([^"]+)"')  # the row's own comes first

Seen = tuple[tuple[str, str], ...]  # key of the row, state


class Crowd:
    """What all of them saw."""

    def __init__(self) -> None:
        self.frames = self.bytes = 0
        self._read: dict[bytes, Seen] = {}
        self.seen: dict[tuple[str, str], list[float]] = {}

    def heard(self, at: float, frame: bytes) -> None:
        """A frame of one of them. Most get the same bytes, so each text is parsed once."""
        self.frames += 1
        self.bytes += len(frame)
        found = self._read.get(frame)
        if found is None:
            if len(self._read) > 200:
                self._read.clear()
            found = self._read[frame] = _states(frame)
        for key in found:
            self.seen.setdefault(key, []).append(at)


def _states(frame: bytes) -> Seen:
    parts = json.loads(frame)["parts"]
    rows = ((part["key"], _STATE.search(part["html"])) for part in parts if part["key"].startswith("row:"))
    return tuple((key, found[1].upper()) for key, found in rows if found)


async def main(plan: dict[str, Any]) -> None:
    """Run until the input ends."""
    crowd, gate = Crowd(), asyncio.Semaphore(JOINING)
    watchers = await asyncio.gather(*(_joined(plan, crowd, gate) for _ in range(plan["browsers"])))
    print("open", flush=True)
    crowd.seen.clear()
    crowd.frames = crowd.bytes = 0
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    lost = [each.gone.result() for each in watchers if each.gone.done()]
    seen = [[*key, moments] for key, moments in crowd.seen.items()]
    print(json.dumps({"frames": crowd.frames, "bytes": crowd.bytes, "lost": len(lost), "why": lost[:1], "seen": seen}))


async def _joined(plan: dict[str, Any], crowd: Crowd, gate: asyncio.Semaphore) -> Watcher:
    parts = urlsplit(plan["url"])
    assert parts.hostname is not None
    async with gate:
        made = Watcher(parts.netloc, plan["cookie"], plan["shows"], crowd.heard)
        await asyncio.get_running_loop().create_connection(lambda: made, parts.hostname, parts.port)
        await asyncio.wait_for(made.first, 60)
    return made


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
