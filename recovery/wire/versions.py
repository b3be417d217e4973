"""Which protocol version two sides speak with each other."""

from __future__ import annotations

from .limits import SPOKEN


def chosen(offered: tuple[int, int], spoken: tuple[int, int] = SPOKEN) -> int | None:
    """The newest version in both ranges (oldest, newest); None when they have none in common."""
    newest = min(offered[1], spoken[1])
    return newest if newest >= max(offered[0], spoken[0]) else None
