"""What a service is told by its environment (beside ``RECOVERY_URL`` and its like, which the client reads itself)."""

from __future__ import annotations

import os

NAME = os.environ.get("FLEET_NAME", "by-hand")
SEED = int(os.environ.get("FLEET_SEED", "0"))
PACE = float(os.environ.get("FLEET_PACE", "1"))
PORT = int(os.environ.get("FLEET_PORT", "0"))
FOLDER = os.environ.get("FLEET_FOLDER", ".")


def upstream(backend: str) -> str:
    """Where a backend is. Port 9 (discard) where nobody said: calls are refused, and one sees why."""
    return os.environ.get(f"FLEET_{backend.upper()}", "http://127.0.0.1:9")


def seconds(at_full_pace: float) -> float:
    """A wait that goes by faster when the whole fleet does."""
    return at_full_pace * PACE
