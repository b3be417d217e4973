"""The secret key of a console on one machine: made at the first start, kept beside the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

LENGTH = 48


def kept_key(path: Path) -> str:
    """The key in the file; where there is none yet, a new one that lives as long as this process or until `keep`."""
    try:
        return path.read_text(encoding="ascii").strip() or secrets.token_urlsafe(LENGTH)
    except (OSError, UnicodeDecodeError):
        return secrets.token_urlsafe(LENGTH)


def keep(path: Path, key: str) -> None:
    """Write the key for the next start, readable by the owner alone; one that is already there wins."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{key}\n")
