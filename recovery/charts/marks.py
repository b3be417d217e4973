"""Marks on a chart: where they stand, and which of them have room for their word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

WIDTH = 1000.0
ROOM = 17.0  # % of the width that a word takes


class Dated(Protocol):
    """Something that happened."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def until(self) -> datetime | None:
        """How long, if it lasted."""

    @property
    def kind(self) -> str:
        """What kind of thing."""

    @property
    def word(self) -> str:
        """What, in a word or two."""

    @property
    def actor(self) -> str:
        """Who."""

    @property
    def reason(self) -> str:
        """Why."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line at x, for what lasted a bar of this width, and its word where there is room."""

    what: Dated
    number: int
    x: float
    width: float
    percent: str
    label: str
    anchor: str


def place(its: Sequence[Dated], start: float, end: float) -> list[Placed]:
    """In the order of their times. A word that would run into the next is left to the list: its number stands there."""
    at = [_share(each.at, start, end) for each in its]
    placed = []
    for index, each in enumerate(its):
        x, last = at[index], index + 1 == len(its)
        room = (100.0 if last else at[index + 1] * 100) - x * 100
        left = x * 100 if last and room < ROOM else 0.0
        fits = room >= ROOM or left >= ROOM
        anchor = "start" if room >= ROOM or not fits else "end"
        until = _share(each.until, start, end) if each.until else x
        label = each.word if fits else str(index + 1)
        if not fits and x > 0.97:
            anchor = "end"
        width = round(max(0.0, until - x) * WIDTH, 1)
        placed.append(Placed(each, index + 1, round(x * WIDTH, 1), width, f"{x * 100:.2f}%", label, anchor))
    return placed


def _share(at: datetime, start: float, end: float) -> float:
    return min(1.0, max(0.0, (at.timestamp() - start) / (end - start)))
