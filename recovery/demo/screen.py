"""The terminal: a screen of its own while the demonstration runs, drawn over in place, given back afterwards."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Self

from .view import lines

if TYPE_CHECKING:
    from .board import Board
    from .paint import Brush

_ENTER = "\x1b[?1049h\x1b[?25l"  # the other screen, no cursor
_LEAVE = "\x1b[?25h\x1b[?1049l"
_HOME, _END_OF_LINE, _BELOW = "\x1b[H", "\x1b[K", "\x1b[J"


class Screen:
    """A context: inside, ``show`` draws boards; afterwards the terminal is as it was."""

    def __init__(self, brush: Brush) -> None:
        self._brush = brush

    def __enter__(self) -> Self:
        """Take the screen."""
        _write(_ENTER)
        return self

    def show(self, board: Board) -> None:
        """Draw a board as large as the terminal is now."""
        width, height = shutil.get_terminal_size()
        painted = (self._brush.paint(line, width) for line in lines(board, width, height))
        _write(_HOME + "\n".join(line + _END_OF_LINE for line in painted) + _BELOW)

    def __exit__(self, *_exc: object) -> None:
        """Give it back."""
        _write(_LEAVE)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
