"""Lines of styled text: put together, cut to the terminal's width, written with colours, without, or in ASCII."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STYLES = {"open": "31;1", "half-open": "33;1", "held": "35;1", "closed": "32", "quiet": "2", "strong": "1"}
BARS = "▁▂▃▄▅▆▇█"
_FANCY = "●○■─╱┄×—→·…" + BARS  # noqa: RUF001 - the blade of a switch
_ASCII = str.maketrans(_FANCY, "oo#-/.x->|~" + "_.-:=+*#")


class Span(NamedTuple):
    """A text in one style; "" is plain."""

    text: str
    style: str = ""


Line = list[Span]


class Brush(NamedTuple):
    """What the terminal can show."""

    colours: bool
    unicode: bool

    def paint(self, line: Line, width: int | None = None) -> str:
        """A line as text, cut to ``width`` columns."""
        parts = (self._part(span) for span in (line if width is None else fit(line, width)))
        return "".join(parts).rstrip(" ")

    def _part(self, span: Span) -> str:
        text = span.text if self.unicode else span.text.translate(_ASCII)
        code = STYLES.get(span.style)
        return f"\x1b[{code}m{text}\x1b[0m" if self.colours and code and text.strip() else text


def brush_for(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Brush:
    """Colours only on a terminal that wants them (NO_COLOR), glyphs only where the encoding has them."""
    try:
        _FANCY.encode(stream.encoding or "ascii")
        fancy = True
    except (UnicodeEncodeError, LookupError):
        fancy = False
    return Brush(colours=live(stream, environ) and not environ.get("NO_COLOR"), unicode=fancy)


def live(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the stream is a terminal whose cursor can be moved."""
    return stream.isatty() and environ.get("TERM", "dumb") != "dumb"


def fit(line: Line, width: int) -> Line:
    """Cut to ``width`` columns; what is cut ends in an ellipsis."""
    fitted: Line = []
    for span in line:
        room = width - length(fitted)
        if len(span.text) > room:
            cut = span.text[: max(0, room - 1)].rstrip(" ")
            return [*fitted, Span(cut + "…" if room > 0 else "", span.style)]
        fitted.append(span)
    return fitted


def length(line: Line) -> int:
    """Columns that a line takes."""
    return sum(len(span.text) for span in line)


def left(text: str, width: int, style: str = "") -> Span:
    """A text in a column, cut with an ellipsis where it is too long, and one space after it."""
    room = max(1, width - 1)
    cut = text if len(text) <= room else text[: room - 1] + "…"
    return Span(f"{cut:<{width}}", style)


def right(text: str, width: int, style: str = "") -> Span:
    """A figure in a column."""
    return Span(f"{text:>{width}}", style)


def ends(start: Line, end: Line, width: int) -> Line:
    """One line with something at its left end and something at its right; the left one gives way."""
    start = fit(start, max(0, width - length(end) - 2))
    return [*start, Span(" " * max(0, width - length(start) - length(end))), *end]


def bars(values: Sequence[int], top: int) -> str:
    """A sparkline: what is not 0 can be seen, ``top`` is the highest bar."""
    last = len(BARS) - 1
    return "".join(BARS[min(last, value * last // max(1, top))] if value else " " for value in values)
