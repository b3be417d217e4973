"""The server's process, seen from here: started, listened to, ended."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from .phases import Timetable

_SERVER = Path(__file__).with_name("server.py")
_PATIENCE = 1.0  # s that the process has to end by itself


class Outage:
    """A context: inside, the server lives through its phases. ``phase`` and ``changes`` are what it said of itself."""

    def __init__(self, timetable: Timetable) -> None:
        phases = [f"{name}:{seconds:.3f}" for name, seconds in timetable.phases]
        self._command = [sys.executable, "-I", str(_SERVER), str(timetable.seed), *phases]
        self.url = ""
        self.phase = "starting"
        self.changes: list[tuple[float, str]] = []  # (monotonic time, phase)

    def __enter__(self) -> Self:
        """Start it; raises OSError when it does not come up."""
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C reaches us alone; we say when the server ends
        )
        assert self._process.stdout is not None
        port = self._process.stdout.readline().strip()
        if not port:
            self._end()
            raise OSError(f"the server did not come up: {' '.join(self._command)}")
        self.url = f"http://127.0.0.1:{port}"
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def begin(self) -> None:
        """Let the timetable start."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as said:
            for line in said:
                self._turned(line.strip())
        self._turned("gone")

    def _turned(self, phase: str) -> None:
        self.phase = phase
        self.changes.append((time.monotonic(), phase))

    def __exit__(self, *_exc: object) -> None:
        """End it and wait until it is gone."""
        self._end()
        self._listener.join(_PATIENCE)

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdin is not None
        with suppress(OSError):  # what was written to a process that is gone
            self._process.stdin.close()
