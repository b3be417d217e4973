"""The page of settings names every variable that the console reads, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""env\.(?:text|flag|number|words|secret|choice|folder|networks)\(\s*["']([A-Z_]+)["']""")
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def test_the_page_and_the_code_name_the_same() -> None:
    """A setting that nobody can find does not exist."""
    read = {name for path in (ROOT / "recovery_site").glob("*.py") for name in READ.findall(path.read_text("utf-8"))}
    written = set(ROW.findall((ROOT / "docs/reference/settings.md").read_text("utf-8")))
    assert read, "the pattern finds nothing: the readers have other names now"
    assert written == read
