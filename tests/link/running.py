"""A real service in front of a real console, and questions to the console's database."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.product import PATIENCE, ROOT, Console

Ask = Callable[[str], list[tuple[Any, ...]]]


class Service:
    """One running service."""

    def __init__(self, console: Console, folder: Path, token: str, transport: str) -> None:
        self.folder = folder
        line = [sys.executable, str(Path(__file__).with_name("service.py")), console.url, token, transport, str(folder)]
        environment = console.environment | {"PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            line, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    @property
    def state(self) -> str:
        """What its breaker says of itself."""
        return self._says()[0]

    @property
    def transitions(self) -> int:
        """How many its breaker had."""
        return int(self._says()[1])

    def _says(self) -> list[str]:
        file = self.folder / "state"
        return file.read_text().split() if file.exists() else ["", "0"]

    def stop(self) -> dict[str, Any]:
        """Tell it to stop; what it says happened."""
        (self.folder / "stop").touch()
        out, err = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0, err
        found: dict[str, Any] = json.loads(out)
        return found


def sqlite(console: Console) -> Ask:
    """Questions to the console's own file."""

    def ask(question: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{console.folder}/data/console.sqlite3?mode=ro", uri=True, timeout=10) as database:
            return database.execute(question).fetchall()

    return ask


def postgres(url: str) -> Ask:
    """Questions to a server."""
    import psycopg

    def ask(question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(url) as database:
            return database.execute(question).fetchall()

    return ask


def wait(condition: Callable[[], Any]) -> None:
    """Until it holds; nobody tells."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)
