"""What docs/reference/wire.md shows."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.architecture.tree import ROOT

PAGE = ROOT / "docs" / "reference" / "wire.md"
_BLOCK = re.compile(r"^```json\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \|", re.MULTILINE)


def examples() -> list[dict[str, Any]]:
    """The JSON blocks of the page."""
    return [json.loads(block) for block in _BLOCK.findall(PAGE.read_text(encoding="utf-8"))]


def bounds() -> dict[str, str]:
    """The table of bounds: constant -> value."""
    return dict(_ROW.findall(PAGE.read_text(encoding="utf-8")))
