"""The product as people run it: `manage.py up` in a process of its own, with its own folder and port."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 150.0  # seconds to start in; the machine may be busy
LINK = re.compile(r"^\s+(http://\S+/account/link/\S+)$", re.MULTILINE)

# What a developer's shell may hold and a test must not inherit.
FOREIGN = (
    *("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "ALLOWED_HOSTS", "DEBUG", "HTTPS", "PUBLIC_URL"),
    *("STATIC_ROOT", "SECRET_KEY", "SECRET_KEY_FILE", "LOG_FORMAT", "LOG_LEVEL"),
)


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _hear_ctrl_c() -> None:
    """A job in the background of a shell inherits an ignored SIGINT; the product is tested as if in a terminal."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Console:
    """One running console. `restart` keeps port and data."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder, self.arguments = folder, arguments
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "console.log"
        inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self.environment = inherited | {"RECOVERY_DATA": str(folder / "data"), "PYTHONUNBUFFERED": "1"} | environment
        self.process: subprocess.Popen[bytes] | None = None
        self.before = 0  # characters of the log that earlier starts wrote

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a management command of this console."""
        line = [sys.executable, str(ROOT / "manage.py"), *words]
        return subprocess.run(
            line, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    def start(self) -> None:
        """Start it, and wait until it answers."""
        line = [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(self.port), *self.arguments]
        self.before = len(self.said())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                line,
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=_hear_ctrl_c,  # noqa: PLW1509
            )
        self.wait(self.answers)

    def wait(self, condition: Callable[[], object]) -> None:
        """Until the condition holds; a console that died meanwhile says why."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.process is not None
            assert self.process.poll() is None, f"the console ended:\n{self.said()}"
            assert time.monotonic() < end, f"the console is not ready:\n{self.said()}"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether /healthz says ok."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def said(self) -> str:
        """All that it printed."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def link(self) -> str:
        """The one-time link that it printed since this start."""
        self.wait(lambda: LINK.search(self.said(), self.before))
        return LINK.findall(self.said())[-1]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout=60)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
            self.process = None

    def kill(self) -> None:
        """End it without a word, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def restart(self) -> None:
        """End it cleanly and start it again."""
        self.stop()
        self.start()
