"""Marks on a chart: where they stand, and which of them have room for their word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

WIDTH = 1000.0
ROOM = 0.17  # of the width that a word takes
NARROW = 0.03  # that a number takes


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
    """In the order of their times. A word that would run into its neighbour is left to the list."""
    at = [_share(each.at, start, end) for each in its]
    placed = []
    for index, each in enumerate(its):
        x = at[index]
        before, after = at[index - 1] if index else 0.0, at[index + 1] if index + 1 < len(at) else 1.0
        label, anchor = _label(each.word, index, x - before, after - x, last=after == 1.0)
        until = _share(each.until, start, end) if each.until else x
        width = round(max(0.0, until - x) * WIDTH, 1)
        placed.append(Placed(each, index + 1, round(x * WIDTH, 1), width, f"{x * 100:.2f}%", label, anchor))
    return placed


def _label(word: str, index: int, left: float, right: float, *, last: bool) -> tuple[str, str]:
    """The word to the right of the line, or of the last one to its left; else its number, if nothing is as near."""
    if right >= ROOM:
        return word, "start"
    if last and left >= 2 * ROOM:
        return word, "end"
    return (str(index + 1) if right >= NARROW or last else ""), "end" if last else "start"


def _share(at: datetime, start: float, end: float) -> float:
    return min(1.0, max(0.0, (at.timestamp() - start) / (end - start)))
