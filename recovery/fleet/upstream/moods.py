"""What a backend goes through, and how it answers meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from recovery.fleet.web import Answer

WELL, SLOW, FAILING, LIMITING, STUCK, REFUSING = "well", "slow", "failing", "limiting", "stuck", "refusing"
OUTAGES = (SLOW, FAILING, LIMITING, STUCK, REFUSING)

FIRST_SECONDS = (6.0, 40.0)  # of being well: from, to
WELL_SECONDS = (20.0, 70.0)
OUTAGE_SECONDS = (9.0, 26.0)

QUICK, DRAGGING = (0.004, 0.025), (0.6, 1.3)  # seconds that an answer takes
BLIPS = 0.01  # share of 503s while all is well
FAILS = 0.85  # share of calls that fail in an outage: it is seldom total
MISSING = 97  # every so many things were deleted
ERRORS = (500, 500, 500, 502, 503)


class Spell(NamedTuple):
    """A mood for a while."""

    mood: str
    seconds: float


def spells(seed: int, backend: str, pace: float = 1.0) -> Iterator[Spell]:
    """What one backend goes through, for ever; ``pace`` below 1 lets it go by faster."""
    draw = Random(f"{seed}/{backend}")
    yield Spell(WELL, draw.uniform(*FIRST_SECONDS) * pace)
    last = ""
    while True:
        last = draw.choice([mood for mood in OUTAGES if mood != last])
        yield Spell(last, draw.uniform(*OUTAGE_SECONDS) * pace)
        yield Spell(WELL, draw.uniform(*WELL_SECONDS) * pace)


class Reply(NamedTuple):
    """An answer (None: never) and how long it takes."""

    after: float
    answer: Answer | None


def reply(mood: str, path: str, draw: Random) -> Reply:
    """How to answer a call for ``path``."""
    quickly = draw.uniform(*QUICK)
    fails = draw.random() < FAILS
    if mood == STUCK:
        return Reply(0.0, None)
    if mood == LIMITING and fails:
        return Reply(quickly, Answer(429, b"too many requests\n", {"Retry-After": str(draw.randint(1, 4))}))
    if mood == FAILING and fails:
        return Reply(quickly * 4, Answer(draw.choice(ERRORS), b"something broke\n"))
    if mood == WELL and draw.random() < BLIPS:
        return Reply(quickly, Answer(503, b"one moment\n"))
    if _number(path) % MISSING == MISSING - 1:
        return Reply(quickly, Answer(404, b"deleted\n"))
    return Reply(draw.uniform(*DRAGGING) if mood == SLOW else quickly, Answer(200, path.encode() + b"\n"))


def _number(path: str) -> int:
    last = path.rsplit("/", 1)[-1]
    return int(last) if last.isdecimal() else 0
