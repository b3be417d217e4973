"""The files of the project: the modules of the package, and everything that is or would be committed."""

from __future__ import annotations

import ast
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "recovery"

# Where there is no git (an unpacked archive), these are not the project's.
_FOREIGN = {".git", ".venv", "build", "dist", "logs", "__pycache__"}


@dataclass(frozen=True)
class Module:
    """One module of the package."""

    path: Path

    @property
    def name(self) -> str:
        """Its dotted name; a package's is that of its __init__."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def package(self) -> str:
        """The package that its relative imports start from."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]

    @cached_property
    def source(self) -> str:
        """Its text."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return ast.parse(self.source, filename=str(self.path))


def modules() -> list[Module]:
    """Every module of the package, without migrations (Django writes those)."""
    return [Module(path) for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]


def texts() -> Iterator[tuple[str, str]]:
    """Name and content of every text file that is committed or would be."""
    for path in _files():
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def _files() -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return [path for path in _walk(ROOT) if path.is_file()]
    return [path for name in listed.split("\0") if (path := ROOT / name).is_file()]


def _walk(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if (name not in _FOREIGN and not name.startswith(".")) or name == ".ci"]
        yield from (Path(here) / name for name in files)
