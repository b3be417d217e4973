"""Bars of days: how much of each was well. Trouble hangs from the top, hatched; a day without data is a low dash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

STEP, HEIGHT = 4, 20
LEAST = 3  # units that the smallest trouble takes


@dataclass(frozen=True, slots=True)
class Days:
    """Path data of three kinds of strokes, how wide they are together, and the same in words."""

    well: str
    trouble: str
    nothing: str
    width: int
    words: str


def drawn(found: Sequence[tuple[int, int] | None]) -> Days:
    """From (runs, healthy ones) of each day, the oldest first; None: nothing is known of it."""
    well, trouble, nothing = [], [], []
    for place, day in enumerate(found):
        x = STEP * place + 2
        if day is None or not day[0]:
            nothing.append(f"M{x} {HEIGHT}v-2")
            continue
        bad = hanging(*day)
        if bad < HEIGHT:
            well.append(f"M{x} {HEIGHT}V{bad}")
        if bad:
            trouble.append(f"M{x} 0V{bad}")
    return Days("".join(well), "".join(trouble), "".join(nothing), STEP * len(found), in_words(found))


def hanging(runs: int, healthy: int) -> int:
    """How far down trouble hangs: a little is seen, and all of it fills the day."""
    if healthy >= runs:
        return 0
    if healthy <= 0:
        return HEIGHT
    return min(HEIGHT - LEAST, max(LEAST, round(HEIGHT * (runs - healthy) / runs)))


def in_words(found: Sequence[tuple[int, int] | None]) -> str:
    """For who does not see it."""
    known = [day for day in found if day is not None and day[0]]
    if not known:
        return f"no data in {len(found)} days"
    bad = sum(healthy < runs for runs, healthy in known)
    runs, healthy = (sum(each) for each in zip(*known, strict=True))
    return f"{len(known)} of {len(found)} days known: {bad} with trouble, {share(runs, healthy)} of the results healthy"


def share(runs: int, healthy: int) -> str:
    """Never rounded up: 100 % means all of them."""
    if not runs:
        return "—"
    return f"{10_000 * healthy // runs / 100:.2f}".rstrip("0").rstrip(".") + " %"
