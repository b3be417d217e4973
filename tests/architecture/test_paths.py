"""No file names a place that exists on one machine only."""

from __future__ import annotations

import re

from tests.architecture.tree import texts

# Spelled apart, so that this file does not find itself.
MACHINE_FOLDERS = ("home", "root", "work", "Users")
PATTERN = re.compile(rf"(?<![\w.~-])/(?:{'|'.join(MACHINE_FOLDERS)})/[\w.]")

# A line that must name such a path (a test of what is scrubbed, say) carries this mark.
EXEMPT = "machine-path: example"


def test_no_machine_paths() -> None:
    found = [
        f"{name}:{number} {line.strip()}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if PATTERN.search(line) and EXEMPT not in line
    ]
    assert found == []


def test_the_pattern_knows_paths_from_addresses() -> None:
    assert PATTERN.search("open('/" + "home/anna/x')")
    assert not PATTERN.search("https://example.org/" + "work/list")
