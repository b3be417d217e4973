"""The board: is anything wrong, and where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from recovery.forms.filters import board_filter
from recovery.queries.board import Board, Group, board
from recovery.queries.board_head import head
from recovery.queries.filters import BoardFilter
from recovery.queries.services.one import newest

from .rows import drawn

WORDS = {
    "open": "Open",
    "half-open": "Half-open",
    "forced-open": "Forced",
    "closed": "Closed",
    "metrics-only": "Metrics only",
    "disabled": "Disabled",
    "stale": "No data",
}
ALWAYS = frozenset(WORDS) - {"disabled"}  # the others stand there only where there are any


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`/`, `/?state=open&q=…&service=…&environment=…`, `/?wall=1`."""
    narrowed = board_filter(request.GET)
    context = {"head": head(), "wall": "wall" in request.GET, **list_context(board(narrowed))}
    return render(request, "recovery/board/page.html", context)


def list_context(shown: Board) -> dict[str, Any]:
    """What the list and its chips need."""
    return {
        "newest": newest() if not shown.shown and not shown.filter.narrow else None,
        "board": shown,
        "attention": list(drawn(shown.attention).values()),
        "groups": [(group, list(drawn(group.rows).values())) for group in shown.groups if not group.folded],
        "folded": [(group, _alone(group, shown.filter)) for group in shown.groups if group.folded],
        "filter": shown.filter,
        "key": key("board", shown.filter),
        **chips_context(shown.counts, shown.filter),
    }


def chips_context(counts: dict[str, int], narrowed: BoardFilter) -> dict[str, Any]:
    """What the chips alone need."""
    return {"chips": _chips(counts, narrowed), "chips_key": key("board-chips", narrowed)}


def key(name: str, narrowed: BoardFilter) -> str:
    """The key of a fragment of the board under this filter."""
    return f"{name}:{narrowed.query}" if narrowed.narrow else name


def _chips(counts: dict[str, int], narrowed: BoardFilter) -> list[dict[str, Any]]:
    every = {"word": "All", "count": sum(counts.values()), "state": "", "href": address(replace(narrowed, state=""))}
    chips = [
        {"word": word, "count": counts[state], "state": state, "href": address(replace(narrowed, state=state))}
        for state, word in WORDS.items()
        if state in ALWAYS or counts[state] or state == narrowed.state
    ]
    return [{**chip, "current": chip["state"] == narrowed.state} for chip in (every, *chips)]


def _alone(group: Group, narrowed: BoardFilter) -> str:
    """Where this service stands alone. Not by a tag that needs the request: a pushed part has none."""
    return address(replace(narrowed, service=group.name, environment=group.environment))


def address(narrowed: BoardFilter) -> str:
    """The board under this filter."""
    return f"{reverse('board')}?{narrowed.query}" if narrowed.narrow else reverse("board")
