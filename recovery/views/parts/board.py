"""Parts of the board."""

from __future__ import annotations

from recovery.forms.filters import board_filter
from recovery.queries.board import board, counts
from recovery.queries.board_head import head
from recovery.queries.board_rows import rows
from recovery.views.board import chips_context, list_context
from recovery.views.rows import shown

from .made import Made, Part, asked, found, whole_number


def _head(_: str) -> Made:
    return "recovery/board/head.html", {"head": head()}


def _list(rest: str) -> Made:
    return "recovery/board/list.html", list_context(board(board_filter(asked(rest))))


def _chips(rest: str) -> Made:
    narrowed = board_filter(asked(rest))
    return "recovery/board/chips.html", chips_context(counts(narrowed), narrowed)


def _row(rest: str) -> Made:
    its = shown(rows([whole_number(rest)]))
    return "recovery/board/row.html", {"row": found(its[0] if its else None, f"row:{rest}")}


PARTS: dict[str, Part] = {"board-head": _head, "board": _list, "board-chips": _chips, "row": _row}
