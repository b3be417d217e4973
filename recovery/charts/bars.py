"""The small bars of a row: calls as they came, what failed, what was refused."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

STEP, WIDTH, HEIGHT = 3, 135, 28  # a bar every three units
FULL_AT = 250.0  # calls/s at which a row's tallest bar fills its height; quieter rows stay lower


Counted = tuple[int, int, int]  # admitted, failures, refused


@dataclass(frozen=True, slots=True)
class Bars:
    """Path data of three kinds of strokes, and the same in words."""

    calls: str
    failures: str
    refused: str
    words: str


NOTHING = Bars("", "", "", "no calls")


def bars(spans: Mapping[int, Counted], seconds: float) -> Bars:
    """Bars of spans of so many seconds, by their place from the left; a span without calls may be left out."""
    most = max((admitted + refused for admitted, _, refused in spans.values()), default=0)
    if not most:
        return NOTHING
    unit = tallest(most / seconds) / most
    calls, failures, turned_away = [], [], []
    for place, (admitted, failed, refused) in sorted(spans.items()):
        if not admitted and not refused:
            continue
        top = HEIGHT - (round((admitted + refused) * unit) or 1)
        low = HEIGHT - (round(failed * unit) or 1) if failed else HEIGHT
        calls.append(stroke(place, HEIGHT, top))
        if failed:
            failures.append(stroke(place, HEIGHT, low))
        if refused:
            turned_away.append(stroke(place, low, min(top, low - 1)))
    return Bars("".join(calls), "".join(failures), "".join(turned_away), in_words(spans.values(), most / seconds))


@cache
def stroke(place: int, low: int, top: int) -> str:
    """One bar: there are few places and heights, and thousands of bars on a board."""
    return f"M{STEP * place + 1} {low}V{top}"


def tallest(rate: float) -> float:
    """How high the tallest bar of a row stands: by its calls a second, so that a quiet row looks quiet."""
    share = 0.3 + 0.7 * math.log10(1 + rate) / math.log10(1 + FULL_AT)
    return HEIGHT * min(1.0, share)


def in_words(spans: Iterable[Counted], most: float) -> str:
    """For who does not see it."""
    admitted, failed, refused = map(sum, zip(*spans, strict=True))
    return f"{admitted + refused:,} calls, {failed:,} failed, {refused:,} refused; at most {most:.3g} a second"
