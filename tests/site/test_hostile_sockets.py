"""The server's memory stays flat whoever floods it, and whoever does not read. (Stock daphne takes 900 MB in 10 s.)"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.e2e.product import ROOT

pytestmark = pytest.mark.slow
SECONDS = 4
MOST_GROWTH = 60  # MB


@pytest.fixture
def server() -> Iterator[tuple[int, int]]:
    """Its process and port."""
    line = [sys.executable, "-m", "tests.site.hostile_server"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        line, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
        process.communicate("end\n", timeout=20)


def megabytes(pid: int) -> float:
    """Its resident memory."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_who_floods_is_not_read_any_further(server: tuple[int, int]) -> None:
    pid, port = server
    with connect(f"ws://127.0.0.1:{port}/slow", compression=None) as socket:
        before = megabytes(pid)
        socket.socket.settimeout(SECONDS)
        end = time.monotonic() + SECONDS
        with suppress(TimeoutError, OSError, ConnectionClosed):
            while time.monotonic() < end:
                socket.send("x" * 100_000)
        assert megabytes(pid) - before < MOST_GROWTH


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_who_does_not_read_is_dropped(server: tuple[int, int]) -> None:
    pid, port = server
    before = megabytes(pid)
    with ExitStack() as open_sockets:
        lazy = [
            open_sockets.enter_context(connect(f"ws://127.0.0.1:{port}/chatty", compression=None, max_queue=1))
            for _ in range(5)
        ]
        time.sleep(SECONDS)
        assert megabytes(pid) - before < MOST_GROWTH
        assert [socket for socket in lazy if not dropped(socket)] == []


def dropped(socket: ClientConnection) -> bool:
    """Whether the server left; what was on its way comes first."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            socket.recv(timeout=5)
        except (ConnectionClosed, OSError, EOFError):
            return True
    return False
