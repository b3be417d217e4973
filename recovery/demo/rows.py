"""A breaker's place on the board: three lines with columns where there is room, a compact block where there is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import words
from .paint import BARS, Line, Span, bars, left, right

if TYPE_CHECKING:
    from .figures import Cell, Watch

STATE, NAME, FIGURE, LABEL = 18, 28, 10, 9  # widths of the columns
WIDE = 110  # from so many columns on there is room for the wide board
_SINCE = 9  # before the second and third line of a compact block
_SHORT_NAME = 19  # of the name in a compact block
_QUIET = "nothing has happened yet"
_BEFORE_BARS = STATE + NAME + 4 * FIGURE + 3


def heading(width: int, cell: float) -> Line:
    """Names of the columns of the wide board."""
    columns = [left("State", STATE), left("Breaker", NAME)]
    columns += [right(name, FIGURE) for name in ("Calls/s", "Failed", "Refused/s", "p95")]
    text = "".join(column.text for column in columns)
    return [Span(f"{text}   Last {_bars(width) * cell:.0f} s", "quiet")]


def wide(watch: Watch, width: int) -> list[Line]:
    """State, figures, why, the last failure; calls, failures and refusals as bars under each other."""
    snapshot, look = watch.snapshot, words.LOOKS[watch.snapshot.state]
    cells = list(watch.cells)[-_bars(width) :]
    top = max((cell.calls for cell in cells), default=0)
    told = _BEFORE_BARS - STATE - 1
    return [
        [
            left(f"{look.glyph} {look.word}", STATE, look.style),
            left(snapshot.name or "", NAME, "strong"),
            *_figures(watch),
            *_labelled("calls", [cell.calls for cell in cells], top, ""),
        ],
        [
            left(f"for {words.span(words.since(snapshot.since))}", STATE, "quiet"),
            left(snapshot.cause or _QUIET, told, ""),
            *_labelled("failed", [cell.failed for cell in cells], top, "half-open", gap=1),
        ],
        [
            left(words.coming(snapshot), STATE, look.style),
            left(words.failure(snapshot), told, "quiet"),
            *_labelled("refused", [cell.refused for cell in cells], top, "open", gap=1),
        ],
    ]


def compact(watch: Watch, width: int) -> list[Line]:
    """The same in a narrow terminal; the bars say by their shape what most calls were: let in, failed, refused."""
    snapshot, look = watch.snapshot, words.LOOKS[watch.snapshot.state]
    name = max(8, min(_SHORT_NAME, width - STATE - 8))
    why = " · ".join(filter(None, (snapshot.cause, words.failure(snapshot)))) or _QUIET
    state = left(f"{look.glyph} {look.word}", STATE, look.style)
    for_so_long = left(words.span(words.since(snapshot.since)), _SINCE, "quiet")
    return [
        [state, left(snapshot.name or "", name, "strong"), *_mixed(list(watch.cells)[-max(1, width - STATE - name) :])],
        [for_so_long, Span(_as_many_as_fit(_facts(watch), width - _SINCE))],
        [Span(" " * _SINCE), Span(why, "quiet")],
    ]


def _facts(watch: Watch) -> list[str]:
    """What happens next and the figures, the most important first."""
    figures = watch.figures
    failed = words.failed(watch.snapshot, figures.failed_percent)
    facts = [
        words.coming(watch.snapshot),
        f"{words.rate(figures.calls_per_second)} calls/s",
        f"{words.rate(figures.refused_per_second)} refused/s" if figures.refused_per_second else "",
        "" if failed == "refused" else f"{failed} failed",
        f"p95 {words.latency(figures.p95)}",
    ]
    return [fact for fact in facts if fact]


def _as_many_as_fit(facts: list[str], width: int) -> str:
    while len(facts) > 1 and len(" · ".join(facts)) > width:
        facts = facts[:-1]
    return " · ".join(facts)


def _figures(watch: Watch) -> Line:
    figures = watch.figures
    failed = words.failed(watch.snapshot, figures.failed_percent)
    return [
        right(words.rate(figures.calls_per_second), FIGURE),
        right(failed, FIGURE, "open" if failed == "refused" or figures.failed_percent else ""),
        right(words.rate(figures.refused_per_second), FIGURE, "open" if figures.refused_per_second else ""),
        right(words.latency(figures.p95), FIGURE),
        Span("   "),
    ]


def _bars(width: int) -> int:
    return max(1, width - _BEFORE_BARS - LABEL)


def _labelled(label: str, values: list[int], top: int, style: str, gap: int = 0) -> Line:
    return [Span(" " * gap), left(label, LABEL, "quiet"), Span(bars(values, top), style)]


def _mixed(cells: list[Cell]) -> Line:
    top = max((cell.calls for cell in cells), default=0)
    return [_mark(cell, top) for cell in cells]


def _mark(cell: Cell, top: int) -> Span:
    """One bar that says what most calls in it were."""
    if cell.refused * 2 > cell.calls:
        return Span("○", "open")
    if cell.failed * 2 > cell.calls:
        return Span("×", "half-open")
    return Span(bars([cell.calls], top)) if cell.calls else Span(" ")


LEGEND = f"{BARS[3]} let in  × failed  ○ refused"
