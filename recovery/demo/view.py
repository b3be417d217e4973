"""The live view: what is wrong in one sentence, how bad, each breaker, and what changed just before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recovery.engine import BreakerState, registry

from . import rows, words
from .board import said
from .paint import Line, Span, ends

if TYPE_CHECKING:
    from .board import Board
    from .figures import Watch

_BAD = {  # worst first: state, how it is said
    BreakerState.OPEN: "open",
    BreakerState.FORCED_OPEN: "forced open",
    BreakerState.HALF_OPEN: "probing",
}


def lines(board: Board, width: int, height: int) -> list[Line]:
    """The whole screen: never more than ``height`` lines."""
    head = [
        ends([_sentence(board.watches)], [_progress(board)], width),
        ends([Span(_how_bad(board), "quiet")], _server(board.phase), width),
    ]
    if width >= rows.WIDE:
        head += [[], rows.heading(width, board.cell)]
    foot = [*_retries(), [Span("Ctrl-C ends it.", "quiet")]]
    room = height - len(head) - len(foot)
    blocks = _blocks(board.watches, width, room)
    log = _log(board, width, room - len(blocks) - 2)
    return [*head, *blocks, *log, *foot][:height]


def _sentence(watches: list[Watch]) -> Span:
    states = [watch.snapshot.state for watch in watches]
    counts = [(states.count(state), state) for state in _BAD if state in states]
    if not counts:
        return Span(f"All {len(states)} breakers let calls through.", "strong")
    number, worst = counts[0]
    first = f"{number} breaker{' is' if number == 1 else 's are'} {_BAD[worst]}"
    rest = [f"{number} {'is' if number == 1 else 'are'} {_BAD[state]}" for number, state in counts[1:]]
    return Span(", ".join([first, *rest]) + ".", words.LOOKS[worst].style)


def _how_bad(board: Board) -> str:
    refused = sum(watch.figures.refused_per_second or 0 for watch in board.watches)
    calls = sum(watch.figures.calls_per_second or 0 for watch in board.watches)
    return f"{words.rate(refused)} of {words.rate(calls)} calls/s refused"


def _progress(board: Board) -> Span:
    return Span(f"{words.clock(board.elapsed)} of {words.clock(board.seconds)}", "quiet")


def _server(phase: str) -> Line:
    return [Span("server: ", "quiet"), Span(said(phase), "closed" if phase == "well" else "half-open")]


def _blocks(watches: list[Watch], width: int, room: int) -> list[Line]:
    """As many lines for each breaker as there is room for, with a gap between them where there is plenty."""
    block = rows.wide if width >= rows.WIDE else rows.compact
    each = max(1, min(3, (room - 4) // max(1, len(watches))))
    gap: list[Line] = [[]] if room >= len(watches) * 4 + 6 else []
    return [line for watch in watches for line in [*gap, *block(watch, width)[:each]]]


def _log(board: Board, width: int, room: int) -> list[Line]:
    """A title and ``room`` lines of changes; nothing where there is no room for even one."""
    if room < 1:
        return []
    narrow = width < rows.WIDE
    title = ends([Span("Newest first", "strong")], [Span(rows.LEGEND, "quiet")] if narrow else [], width)
    newest = [change.line(narrow=narrow) for change in board.changes[: -room - 1 : -1]]
    return [[], title, *newest, *([[]] * (room - len(newest)))]


def _retries() -> list[Line]:
    """What the retried operations did, one line each."""
    told: list[Line] = []
    for operation in registry.operations():
        seen = operation.snapshot()
        did = f"{words.count(seen.retries, 'retry', 'retries')} · {seen.successes_after_retry:,} saved a call"
        rest = f"{seen.gave_up:,} gave up · {words.count(seen.attempts, 'attempt')} in all"
        told.append([Span(f"@retry {seen.operation} ", "quiet"), Span(f"{did} · {rest}")])
    return told
