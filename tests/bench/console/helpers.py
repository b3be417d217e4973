"""A helper process of a measure: it says a line when it is ready, obeys lines, and tells as JSON what it saw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Any

from tests.e2e.product import ROOT

LONGEST = 180.0  # s to answer, or to end in


class Helper:
    """One helper; `ended` tells what it told."""

    def __init__(self, module: str, plan: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"tests.bench.console.{module}", json.dumps(plan)],
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, word: str) -> str:
        """Wait until it says a line that begins so; the rest of the line."""
        assert self.process.stdout is not None
        late = Timer(LONGEST, self.process.kill)
        late.start()
        try:
            for line in self.process.stdout:
                if line.startswith(word):
                    return line[len(word) :].strip()
        finally:
            late.cancel()
        raise RuntimeError(f"a helper ended before it said {word!r}")

    def say(self, word: str) -> None:
        """Tell it something."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def ended(self) -> dict[str, Any]:
        """End its input; what it tells."""
        out, _ = self.process.communicate(timeout=LONGEST)
        found: dict[str, Any] = json.loads(out.splitlines()[-1])
        return found


@contextmanager
def helper(module: str, **plan: Any) -> Iterator[Helper]:
    """A helper that ends at the latest with the block."""
    made = Helper(module, plan)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.wait()


@contextmanager
def fleet(url: str, tokens: dict[str, str], processes: int, *, prefix: str = "p", **load: Any) -> Iterator[Helper]:
    """Simulated processes, all of them linked."""
    link = f"{url.replace('http', 'ws', 1)}/link/v1"
    with helper("fleet", url=link, tokens=tokens, processes=processes, prefix=prefix, load=load) as made:
        made.wait_for("linked")
        yield made
