"""The pytest plugin: found by itself, its fixtures do what the helpers do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recovery.engine import CircuitBreaker, pause
from recovery.testing import FakeClock


def test_a_clock(recovery_clock: FakeClock) -> None:
    assert recovery_clock.monotonic() == 0.0


def test_no_delays(recovery_no_delays: None) -> None:
    assert pause._depth == 1


def test_force_and_drain(recovery_force: Callable[[Any, Any], None], recovery_drain: Callable[[], bool]) -> None:
    breaker = CircuitBreaker()
    recovery_force(breaker, "OPEN")
    assert breaker.state == "OPEN"
    assert recovery_drain()


def test_what_was_forced_is_undone(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "from recovery.engine import CircuitBreaker\n"
        "breaker = CircuitBreaker()\n"
        "def test_one(recovery_force):\n    recovery_force(breaker, 'FORCED-OPEN')\n"
        "def test_two():\n    assert breaker.state == 'CLOSED'\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "2 passed" in done.stdout, done.stdout


def test_without_pytest_the_helpers_work_all_the_same() -> None:
    code = "import sys; from recovery.testing import FakeClock, no_delays; print('pytest' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("heavy", ["asyncio", "logging", "inspect"])
def test_the_plugin_imports_nothing_heavy_for_those_who_do_not_use_it(heavy: str) -> None:
    code = f"import sys; import recovery.testing; print({heavy!r} in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], capture_output=True, text=True, check=False, cwd=Path.cwd()
    )
    assert done.stdout.strip() == "False", done.stderr
