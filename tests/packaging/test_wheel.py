"""The wheel: built from the tree without network, installed into an empty environment, imported there."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import venv
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

pytestmark = pytest.mark.packaging


def _run(*command: str | Path) -> str:
    words = [str(part) for part in command]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the tree as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def empty(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment that has the wheel and nothing else, not even pip."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--python", python)
    _run(*pip, "install", "--no-index", "--no-deps", wheel)
    return python


def _metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_it_has_the_typing_marker_the_licence_and_every_module(wheel: Path) -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "recovery").rglob("*.py")}
    licence = f"recovery-{PROJECT['version']}.dist-info/licenses/LICENSE"
    assert ({"recovery/py.typed", licence} | modules) - _names(wheel) == set()


def test_it_has_nothing_else(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in _names(wheel)}
    assert tops == {"recovery", "recovery_site", f"recovery-{PROJECT['version']}.dist-info"}


def test_the_engine_needs_nothing(wheel: Path) -> None:
    required = [line for line in _metadata(wheel).get_all("Requires-Dist", []) if "extra ==" not in line]
    assert required == PROJECT["dependencies"]


def test_it_asks_for_python_311(wheel: Path) -> None:
    assert _metadata(wheel)["Requires-Python"] == ">=3.11"


def test_it_imports_in_an_empty_environment(empty: Path) -> None:
    code = "import recovery, recovery.engine, sys; print(recovery.__file__); print('django' in sys.modules)"
    where, django = _run(empty, "-I", "-c", code).split()
    assert Path(where).is_relative_to(empty.parents[1])
    assert django == "False"


def test_every_listed_name_is_there(empty: Path) -> None:
    # connect brings the client's libraries along, which an environment made with --no-deps has not
    code = "import {0}; print([name for name in {0}.__all__ if name != 'connect' and not hasattr({0}, name)])"
    for package in ("recovery", "recovery.engine"):
        assert _run(empty, "-I", "-c", code.format(package)).strip() == "[]"


def test_pytest_finds_the_plugin(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        points = archive.read(f"recovery-{PROJECT['version']}.dist-info/entry_points.txt").decode()
    assert "[pytest11]\nrecovery = recovery.testing" in points
