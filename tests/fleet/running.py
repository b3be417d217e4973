"""The fleet as a process of its own, read line by line; it is as `tests.demo.running`, for another program."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.demo.running import PATIENCE, ROOT, Running

SERVICES = ("download", "metadata", "students", "payments")


def processes(fleet: Running) -> list[int]:
    """Every process that it said it started."""
    return [int(pid) for pid in re.findall(r" is process (\d+)$", fleet.text, re.MULTILINE)]


def shut_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def nobody() -> list[str]:
    """Arguments that name a console that is not there."""
    tokens = [part for service in SERVICES for part in ("--token", f"{service}=rcv_{service}")]
    return ["--url", f"http://127.0.0.1:{shut_port()}", *tokens]


@contextmanager
def running(*arguments: str) -> Iterator[Running]:
    """Start it; it ends, with all that it started, when the block does."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield from _running(folder, arguments)


def _running(folder: str, arguments: tuple[str, ...]) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-m", "recovery.fleet", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": folder},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()
