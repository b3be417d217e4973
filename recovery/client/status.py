"""What can be asked of the client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """How the link is doing. ``state``: off, waiting, connecting, linked, refused, closed."""

    state: str
    url: str = ""
    transport: str = ""
    process: str = ""
    revision: int = 0
    waiting: int = 0
    waiting_bytes: int = 0
    dropped: int = 0
    reconnects: int = 0
    offset: float | None = None
    error: str = ""
