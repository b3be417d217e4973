"""The console's tutorial, followed: its own program, before a real console and a real upstream."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import blocks
from tests.e2e.product import PATIENCE, ROOT, Console, free_port

PAGE = ROOT / "docs" / "tutorial-console.md"

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    console = Console(tmp_path)
    console.start()
    yield console
    console.stop()


@pytest.fixture
def begin() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    running: list[subprocess.Popen[bytes]] = []

    def start(*words: str, **environment: str) -> subprocess.Popen[bytes]:
        known = os.environ | {"PYTHONPATH": str(ROOT)} | environment
        running.append(subprocess.Popen([sys.executable, *words], env=known, stdout=-3, stderr=-3))
        return running[-1]

    yield start
    for each in running:
        each.kill()
        each.wait()


def ask(console: Console, question: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{console.folder}/data/console.sqlite3?mode=ro", uri=True, timeout=10) as database:
        return database.execute(question).fetchall()


def until(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_every_step_of_the_tutorial_happens(
    console: Console, tmp_path: Path, begin: Callable[..., subprocess.Popen[bytes]]
) -> None:
    """Linked, opened with its reason and its error stored, probed, closed; then held and released by hand."""
    token = console.command("token", "create", "shop").stdout.strip()
    port = free_port()
    warehouse = ("-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(tmp_path))
    (program,) = (block.code for block in blocks(PAGE.read_text("utf-8")) if block.language == "python")
    (tmp_path / "shop.py").write_text(program, encoding="utf-8")

    def stands(state: str) -> bool:
        return ask(console, "select state from recovery_breaker where name = 'warehouse'") == [(state,)]

    server = begin(*warehouse)
    address = f"http://127.0.0.1:{port}/"
    begin(str(tmp_path / "shop.py"), RECOVERY_URL=console.url, RECOVERY_TOKEN=token, WAREHOUSE=address)
    until(lambda: stands("CLOSED"))

    server.kill()
    server.wait()
    until(lambda: stands("OPEN"))
    opened = "select evidence from recovery_transition where after = 'OPEN' order by id limit 1"
    assert json.loads(ask(console, opened)[0][0])["consecutive_failures"] == 5
    until(lambda: ask(console, "select 1 from recovery_errorgroup where exception_type like '%URLError%'"))

    begin(*warehouse)
    until(lambda: stands("CLOSED"))

    assert console.command("breakers", "trip", "shop", "warehouse", "--reason", "maintenance").returncode == 0
    until(lambda: stands("FORCED-OPEN"))
    assert console.command("breakers", "release", "shop", "warehouse").returncode == 0
    until(lambda: stands("CLOSED"))
