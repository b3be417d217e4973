"""What `import recovery` costs: nothing heavy, nothing foreign. Each look is taken in a bare interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

# Modules that take milliseconds to import; the engine imports them where it uses them.
HEAVY = {"asyncio", "inspect", "logging", "dataclasses", "json", "typing"}
ROUNDS = 7


def _bare(code: str) -> str:
    """Run code in an interpreter without site-packages, environment or user directories."""
    path = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    command = [sys.executable, "-I", "-S", "-c", path + code]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def _loaded_by(module: str) -> set[str]:
    code = f"before = set(sys.modules)\nimport {module}\nprint(*sorted(set(sys.modules) - before))"
    return {name.partition(".")[0] for name in _bare(code).split()}


@pytest.mark.parametrize("module", ["recovery", "recovery.engine"])
def test_importing_loads_nothing_third_party(module: str) -> None:
    assert _loaded_by(module) - set(sys.stdlib_module_names) == {"recovery"}


def test_importing_loads_nothing_heavy() -> None:
    assert _loaded_by("recovery") & HEAVY == set()


def _milliseconds(module: str) -> float:
    code = "from time import perf_counter\nstart = perf_counter()\n"
    return float(_bare(f"{code}import {module}\nprint((perf_counter() - start) * 1000)"))


def test_importing_costs_less_than_asyncio() -> None:
    _milliseconds("recovery")  # the first import of a fresh clone compiles
    pairs = [(_milliseconds("recovery"), _milliseconds("asyncio")) for _ in range(ROUNDS)]
    # The quickest of several: a busy machine only ever adds.
    assert min(ours for ours, _ in pairs) < min(theirs for _, theirs in pairs)
