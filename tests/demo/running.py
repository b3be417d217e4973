"""The demonstration as a process of its own, read line by line."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # s: a busy machine only ever adds


class Running:
    """What the process has said so far, and ways to wait for more."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stdout:
            for line in stdout:
                with self._more:
                    self.lines.append(line.rstrip("\n"))
                    self._more.notify_all()

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)

    def until(self, pattern: str) -> str:
        """Wait for a line that matches; returns what its first group (or all of it) caught."""
        wanted = re.compile(pattern)

        def found() -> re.Match[str] | None:
            return next(filter(None, map(wanted.search, self.lines)), None)

        with self._more:
            match = self._more.wait_for(found, PATIENCE)
        assert match is not None, f"no line matches {pattern!r} in\n{self.text}"
        return match[match.re.groups and 1]

    def interrupt(self) -> float:
        """Ctrl-C; returns how long the process took to end (s)."""
        asked = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.end()
        return time.monotonic() - asked

    def end(self) -> int:
        """Wait until it has ended and said all; returns its exit code."""
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


@contextmanager
def running(*arguments: str, **environ: str) -> Iterator[Running]:
    """Start it with its output in a pipe; it is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "recovery.demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    try:
        yield Running(process)
    finally:
        process.kill()
        process.wait()


def is_there(pid: int) -> bool:
    """Whether a process of that number still runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_gone(pid: int) -> bool:
    """Whether it ends within our patience."""
    deadline = time.monotonic() + PATIENCE
    while is_there(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_there(pid)
