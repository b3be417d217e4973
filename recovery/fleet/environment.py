"""What a process of the fleet finds in its environment: no more of ours than it needs, and none of our secrets."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
_ROOT = str(Path(sys.modules["recovery"].__path__[0]).parent)


def plain() -> dict[str, str]:
    """For every process."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # One arena: threads that are mostly asleep need no heaps of their own.
    return {**kept, "PYTHONPATH": _ROOT, "PYTHONIOENCODING": "utf-8", "MALLOC_ARENA_MAX": "1"}


def linked(url: str, token: str, version: str) -> dict[str, str]:
    """For those that report to a console."""
    return {"RECOVERY_URL": url, "RECOVERY_TOKEN": token, "RECOVERY_VERSION": version}
