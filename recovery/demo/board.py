"""What there is to show at one moment, and the changes that led to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from . import words
from .paint import Line, Span
from .phases import SAID

if TYPE_CHECKING:
    from recovery.engine.events import Transition

    from .figures import Watch


class Change(NamedTuple):
    """A breaker's transition, or a phase that the server has come to; ``at`` counts from the start (s)."""

    at: float
    who: str
    made: Transition | None = None
    phase: str = ""

    def line(self, *, narrow: bool) -> Line:
        """When, who, from what to what, why, and what that went by."""
        when = Span(f"{words.clock(self.at):>5} " if narrow else f"{words.moment(self.at):>7}  ", "quiet")
        if self.made is None:
            return [when, Span(f"{self.who} {words.ARROW} {said(self.phase)}", "strong")]
        before, after = words.LOOKS[self.made.before], words.LOOKS[self.made.after]
        to = f"{words.ARROW} {after.word}"
        step = to.ljust(12) if narrow else f"{before.word} {to}".ljust(23)
        proof = words.evidence(self.made.evidence)
        return [
            when,
            Span(f"{self.who:<17} "),
            Span(step, after.style),
            Span(self.made.cause),
            Span(f" · {proof}" if proof else "", "quiet"),
        ]


@dataclass(frozen=True)
class Board:
    """The watches, the changes (oldest first), and where the run stands (s)."""

    watches: list[Watch]
    changes: list[Change]
    elapsed: float
    seconds: float
    cell: float
    phase: str


def said(phase: str) -> str:
    """A phase in words."""
    return SAID.get(phase, phase)
