"""A row of the board in words, so that its template has nothing to decide: two hundred of them are drawn at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from recovery.charts.bars import HEIGHT, WIDTH, Bars
from recovery.queries.board_rows import Row
from recovery.templatetags.acts import row_acts
from recovery.templatetags.console import WORDS, state_key, when
from recovery.templatetags.figures import duration, percent, rate

MANY_FAIL = 20  # %
KEPT = 4_096  # snippets that are the same from one drawing to the next
KEPT_ROWS = 1_024  # and whole rows; one weighs about 6 kB


def shown(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows as their template wants them."""
    return [_shown(row) for row in rows]


def drawn(rows: Iterable[Row]) -> dict[int, SafeString]:
    """The rows as HTML, by the breaker's id. What has not changed since it was last drawn is not drawn again."""
    return {row["id"]: _html(tuple(row), *row.values()) for row in shown(rows)}


# Typed: a text that is safe and the same text that is not are different.
@lru_cache(maxsize=KEPT_ROWS, typed=True)
def _html(names: tuple[str, ...], *values: Any) -> SafeString:
    html = render_to_string("recovery/board/row.html", {"row": dict(zip(names, values, strict=True))})
    return SafeString(html.strip())


def _shown(row: Row) -> dict[str, Any]:
    figures, key = row.figures, state_key(row.state)
    url = reverse("breaker", args=(row.service, row.environment, row.name))
    return {
        "id": row.id,
        "group": SafeString(row.group),
        "of": row.service_id,
        "order": row.order,
        "state": SafeString(key),
        "word": "Gone" if row.silence == "gone" else WORDS[key],
        "silent": row.silence == "cut-off",
        "name": row.name,
        "url": url,
        "since": _since(row),
        "why": _why(row),
        "bars": row.bars.calls and _bars(row.bars),
        "calls": SafeString(rate(figures.calls)),
        "idle": figures.idle,
        "failed": "refused" if row.refuses else percent(None if row.shut else figures.failed),
        "bad": row.refuses or (not row.shut and (figures.failed or 0) >= MANY_FAIL),
        "p95": SafeString(duration(None if row.shut else figures.p95)),
        "procs": _drawn(row.processes.drawn),
        "there": SafeString(_there(row)),
        "acts": row_acts(url, row.state, row.held is not None, row.processes.linked),
    }


def _bars(drawn: Bars) -> SafeString:
    """Path data are digits and letters of ours: nothing in them is to be escaped."""
    paths = (("area", drawn.calls), ("fail", drawn.failures), ("refused", drawn.refused))
    inner = "".join(f'<path class="{name}" d="{path}"/>' for name, path in paths if path)
    told = f'role="img" aria-label="Last 15 minutes: {drawn.words}"'
    return SafeString(f'<svg class="spark" viewBox="0 0 {WIDTH} {HEIGHT}" {told}>{inner}</svg>')


@lru_cache(maxsize=KEPT)
def _time(moment: datetime | None, how: str) -> str:
    return when(moment, **{"as": how})


def _since(row: Row) -> str:
    if row.silence == "gone":
        return format_html("all its processes have left{}", _kept(row))
    if row.silence == "cut-off":
        heard = row.processes.heard_at
        return format_html("as of {} · {}{}", _time(heard, "clock"), _time(heard, "for"), _kept(row))
    if row.held and row.held_there:
        its = row.processes
        part = f" on {its.there} of {its.known}" if row.held.scoped or its.there < its.linked else ""
        return format_html("by {}{}{}", row.held.actor, part, _ends(row))
    since = format_html("{}{}", _time(row.since, "for"), _kept(row))
    if row.probe_due:
        return format_html("{} · probe due", since)
    return format_html("{} · probe {}", since, _time(row.probe_at, "until")) if row.probe_at else since


def _kept(row: Row) -> str:
    """A hold that no process has heard of, or that means none of those that are there."""
    return format_html(" · {} by {} kept{}", row.held.kind, row.held.actor, _ends(row)) if row.held else ""


def _ends(row: Row) -> str:
    return format_html(" · ends {}", _time(row.held.until, "until")) if row.held and row.held.until else ""


def _why(row: Row) -> str:
    if row.silence == "gone":
        return "last state unknown: nobody runs it"
    if row.silence == "cut-off":
        its = row.processes
        one = its.known == 1
        return f"process on {its.host} lost its link" if one else f"all {its.known} processes lost their link"
    if row.held and row.held_there and row.held.reason:
        return _placed(row, f"“{row.held.reason}”")
    if row.attention:
        return _placed(row, row.cause or "no cause given", row.failure)
    return f"last opened by {row.failure}" if row.failure_at else row.cause or "never opened"


def _placed(row: Row, *words: str) -> str:
    """Among rows of all services the name alone may not tell whose it is."""
    return " · ".join(filter(None, (row.where if row.attention else "", *words)))


def _there(row: Row) -> str:
    its = row.processes
    if not its.known:
        return ""
    count = its.there if row.attention else its.linked
    return str(count) if count == its.known and not row.attention else f"{count} of {its.known}"


@lru_cache(maxsize=KEPT)
def _drawn(states: tuple[str, ...]) -> SafeString:
    return format_html_join("", '<i data-state="{}"></i>', ((state,) for state in states))
