"""Service processes in front of a console, and the upstream that they call."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from recovery.demo.server import Door, Mood
from tests.e2e.product import PATIENCE, Console

PROGRAM = Path(__file__).with_name("services") / "shop.py"


class Noticing(Mood):
    """A mood that notices who calls."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.called = threading.Event()

    def answer(self, path: str) -> int:
        """As ever."""
        self.called.set()
        return super().answer(path)


class Upstream:
    """A real HTTP server on a port of its own. Shut, the kernel refuses whoever calls."""

    def __init__(self) -> None:
        self._mood = Noticing(1)
        self._door = Door(self._mood)
        self.url = f"http://127.0.0.1:{self._door.port}/"
        self.open()

    def open(self) -> None:
        """Answer."""
        self._door.open()

    def shut(self) -> None:
        """Refuse."""
        self._door.shut()

    def is_called(self, within: float = PATIENCE) -> bool:
        """Whether somebody calls from now on, waiting at most so many seconds."""
        self._mood.called.clear()
        return self._mood.called.wait(within)

    def close(self) -> None:
        """For good."""
        self.shut()
        self._door._socket.close()


class Shop:
    """The processes of services that report to one console."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.tokens: dict[str, str] = {}
        self.upstreams: list[Upstream] = []
        self.processes: list[subprocess.Popen[bytes]] = []

    def upstream(self) -> Upstream:
        """One more."""
        self.upstreams.append(Upstream())
        return self.upstreams[-1]

    def token(self, service: str) -> str:
        """The service's token, as the command line makes it."""
        if service not in self.tokens:
            made = self.console.command("token", "create", service)
            assert made.returncode == 0, made.stderr
            self.tokens[service] = made.stdout.strip()
        return self.tokens[service]

    def start(
        self, service: str, upstream: Upstream, *breakers: str, token: str = "", program: Path = PROGRAM
    ) -> subprocess.Popen[bytes]:
        """A process: ``start("shop", upstream, "shop.pay=0.2")``."""
        told = {
            "RECOVERY_URL": self.console.url,
            "RECOVERY_TOKEN": token or self.token(service),
            "RECOVERY_VERSION": "1.4.2",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("RECOVERY")}
        with (self.console.folder / f"{service}-{len(self.processes)}.log").open("wb") as log:
            line = [sys.executable, "-P", str(program), upstream.url, *breakers]
            self.processes.append(subprocess.Popen(line, env=kept | told, stdout=log, stderr=log))
        return self.processes[-1]

    def close(self) -> None:
        """End everything."""
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for upstream in self.upstreams:
            upstream.close()
