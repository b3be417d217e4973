"""What one process lived through, in the order in which it is told to a replay. Times are in ms.

A step is so many fast successes, evenly since the step before, and then what ``what`` says at ``at``: an entry of the
tape, or one of the kinds below, which ``more`` tells about.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

OPENED = 4  # | an entry: this call opened the recorded breaker; more: how long it then waited (ms), and the
# figures in its window
REFUSED = 16  # more: how many calls were refused, until when, and as what they are taken
ACT = 32  # more: the verb
HUNG = 64  # a probe that hung: taken as a failed call
BEGIN = 128  # from here on it counts


@dataclass(slots=True)
class Story:
    """The steps, and what was assumed in making them."""

    fast: array[int] = field(default_factory=lambda: array("q"))
    at: array[int] = field(default_factory=lambda: array("q"))
    what: bytearray = field(default_factory=bytearray)
    more: dict[int, Any] = field(default_factory=dict)
    began: int = 0
    ended: int = 0
    taken_as_failed: int = 0  # refused calls, by what they are taken as
    taken_as_fine: int = 0
    unplaced: int = 0  # refused while a probe was under way: refused under any settings
    held: int = 0  # refused by an operator's hold
    hung: int = 0
    acts: int = 0

    def step(self, fast: int, at: int, what: int, more: Any = None) -> None:
        """The next one. Time does not go back."""
        at = max(at, self.at[-1]) if self.at else at
        if more is not None:
            self.more[len(self.what)] = more
        self.fast.append(max(0, fast))
        self.at.append(at)
        self.what.append(what)
