"""The files to deploy by name only settings that exist and call only commands that there are."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = ROOT / "docs" / "operations" / "files"
UNITS = sorted(FILES.glob("*.service"))
SETTINGS = set(
    re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/reference/settings.md").read_text("utf-8"), re.MULTILINE)
)
FOREIGN = {"PATH", "PYTHONUNBUFFERED"}


def calls() -> list[list[str]]:
    """Every `recovery …` of the files."""
    found = []
    for unit in UNITS:
        lines = re.findall(r"^ExecStart(?:Pre)?=\S*/recovery (.+)$", unit.read_text("utf-8"), re.MULTILINE)
        found += [line.split() for line in lines]
    listed = (FILES / "Containerfile").read_text("utf-8") + (FILES / "compose.yaml").read_text("utf-8")
    for words in re.findall(r"(?:CMD|command:) \[\"?recovery\"?, ([^\]]+)\]", listed):
        found.append([word.strip(' "') for word in words.split(",")])
    return found


@pytest.mark.parametrize("words", calls(), ids=" ".join)
def test_what_they_run_is_a_command_with_these_options(words: list[str]) -> None:
    line = [sys.executable, str(ROOT / "manage.py"), words[0], "--help"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    options = [word for word in words[1:] if word.startswith("--")]
    assert [option for option in options if option not in done.stdout] == []


def test_what_they_set_is_a_setting() -> None:
    named = set()
    for unit in UNITS:
        for line in re.findall(r"^Environment=(.+)$", unit.read_text("utf-8"), re.MULTILINE):
            named |= {word.partition("=")[0] for word in line.split()}
    env = re.findall(r"^ENV (.+)$", (FILES / "Containerfile").read_text("utf-8"), re.MULTILINE)
    named |= {word.partition("=")[0] for line in env for word in line.split()}
    shared = (
        (FILES / "compose.yaml")
        .read_text("utf-8")
        .partition("environment: &environment\n")[2]
        .partition("  restart")[0]
    )
    named |= {line.partition(":")[0].strip() for line in shared.splitlines() if line.strip()}
    assert named - SETTINGS - FOREIGN == set()
    assert named & SETTINGS >= {"DATABASE_URL", "REDIS_URL", "RECOVERY_DATA"}


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    """Without its own program being installed here, systemd has nothing else to object to."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze on this machine")
    for unit in UNITS:
        text = re.sub(r"/opt/recovery/bin/recovery", sys.executable, unit.read_text("utf-8"))
        (tmp_path / unit.name.replace("@", "@1")).write_text(text, encoding="utf-8")
    found = [str(path) for path in tmp_path.glob("*.service")]
    done = subprocess.run([analyze, "verify", *found], capture_output=True, text=True, timeout=60, check=False)
    said = [line for line in done.stderr.splitlines() if "recovery" in line and "not found" not in line]
    assert said == []
