"""Without a terminal: a line for each change, and one line a second. Appended, never rewritten, no escape codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import words
from .board import said
from .paint import Brush, Span

if TYPE_CHECKING:
    from .board import Board, Change
    from .figures import Watch


class Plain:
    """Appends what is new on a board to the output."""

    def __init__(self, brush: Brush) -> None:
        self._brush = brush
        self._told = 0
        self._second = -1

    def show(self, board: Board) -> None:
        """Write what has changed since the last board, and the figures once a second."""
        for change in board.changes[self._told :]:
            self._say(f"{words.moment(change.at)}  {change.who}: {_what(change)}")
        self._told = len(board.changes)
        if int(board.elapsed) > self._second:
            self._second = int(board.elapsed)
            self._say(f"{words.moment(board.elapsed)}  " + " | ".join(map(_status, board.watches)))

    def _say(self, text: str) -> None:
        print(self._brush.paint([Span(text)]), flush=True)


def _what(change: Change) -> str:
    if change.made is None:
        return said(change.phase)
    before, after = words.LOOKS[change.made.before], words.LOOKS[change.made.after]
    proof = words.evidence(change.made.evidence)
    return f"{before.word} {words.ARROW} {after.word}: {change.made.cause}" + (f" ({proof})" if proof else "")


def _status(watch: Watch) -> str:
    snapshot, figures = watch.snapshot, watch.figures
    failed = words.failed(snapshot, figures.failed_percent)
    facts = [
        f"{snapshot.name} {words.LOOKS[snapshot.state].word} for {words.span(words.since(snapshot.since))}",
        words.coming(snapshot),
        f"{words.rate(figures.calls_per_second)} calls/s",
        "" if failed == "refused" else f"{failed} failed",
        f"{words.rate(figures.refused_per_second)} refused/s",
        f"p95 {words.latency(figures.p95)}",
    ]
    return ", ".join(filter(None, facts))
