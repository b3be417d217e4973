"""Ribbons of states over time. The worse a state, the lower it hangs, so that colour is not alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HIGH = 12
WIDTH = 1000.0
COLUMNS = 250  # of a ribbon over time: what is shorter than a column is seen as one
LOW = {"open": 4, "forced-open": 4, "half-open": 2, "metrics-only": 1, "disabled": 1}

Piece = tuple[float, float, str]  # from, to, state


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the ribbon: one state from x on."""

    x: float
    width: float
    state: str
    y: int

    @property
    def high(self) -> int:
        """What is left of the ribbon's height."""
        return HIGH - self.y


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The parts, and how long each state lasted, the longest first; `none`: nobody was there."""

    stretches: tuple[Stretch, ...]
    lengths: tuple[tuple[str, float], ...]


def ribbon(states: Sequence[str], width: float) -> list[Stretch]:
    """Equal spans of states, run together."""
    step, stretches = width / max(1, len(states)), list[Stretch]()
    for index, state in enumerate(states):
        if stretches and stretches[-1].state == state:
            last = stretches[-1]
            stretches[-1] = Stretch(last.x, round(last.width + step, 2), state, last.y)
        else:
            stretches.append(Stretch(round(index * step, 2), round(step, 2), state, LOW.get(state, 0)))
    return stretches


def overlaid(base: Iterable[Piece], over: Sequence[Piece], start: float, end: float) -> Ribbon:
    """Pieces over pieces; of those in `over`, which are in order, none lies over another but for the last word."""
    column = (end - start) / COLUMNS
    states = ["none"] * COLUMNS
    lengths: defaultdict[str, float] = defaultdict(float)
    for piece in base:
        _fill(states, piece, start, column, whole=True)
        lengths[piece[2]] += piece[1] - piece[0]
    under = states[:]
    for since, until, state in over:
        _fill(states, (since, until, state), start, column, whole=False)
        lengths[state] += until - since
        middle = min(COLUMNS - 1, max(0, int(((since + until) / 2 - start) / column)))
        lengths[under[middle]] -= until - since
    longest = sorted(lengths.items(), key=lambda each: -each[1])
    told = tuple((state, seconds) for state, seconds in longest if seconds >= 1)
    return Ribbon(tuple(ribbon(states, WIDTH)), told)


def _fill(states: list[str], piece: Piece, start: float, column: float, *, whole: bool) -> None:
    """Every column that it touches, or those that begin in it."""
    since, until, state = piece
    first = (since - start) / column
    low = round(first) if whole else int(first)
    high = round((until - start) / column) if whole else -int(-(until - start) // column)
    for place in range(max(0, low), min(COLUMNS, max(high, low + 1))):
        states[place] = state
