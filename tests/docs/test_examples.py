"""Every example that a reader could copy runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import blocks

ROOT = Path(__file__).parents[2]
PAGES = [path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if path.is_file()]
MODULES = [path for path in sorted((ROOT / "recovery").rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
SECONDS = 60


def _with_examples(pages: list[Path]) -> list[Path]:
    return [page for page in pages if any(blocks(page.read_text(encoding="utf-8")))]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _run(target: str) -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.docs.run", target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", _with_examples(PAGES), ids=_name)
def test_the_examples_of_a_page_run(page: Path) -> None:
    _run(str(page))


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_the_examples_in_docstrings_run(path: Path) -> None:
    _run(_module(path))
