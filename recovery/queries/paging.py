"""Keyset paging: a page begins behind a row, so that it costs the same at any depth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet


@dataclass(frozen=True, slots=True)
class Page:
    """A page's rows, and the cursors of its neighbours; empty: there is none."""

    rows: tuple[Any, ...]
    older: str
    newer: str


def page(found: QuerySet, field: str, *, before: str = "", after: str = "", size: int = 50) -> Page:
    """Rows newest first by a time and the key; `before` and `after` are cursors of rows. One query."""
    back, on = _cursor(before), _cursor(after)
    if on and not back:
        rows = list(_beyond(found, field, on, "gt").order_by(field, "pk")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        return _page(rows, field, older=True, newer=more)
    rows = list((_beyond(found, field, back, "lt") if back else found).order_by(f"-{field}", "-pk")[: size + 1])
    return _page(rows[:size], field, older=len(rows) > size, newer=bool(back))


def _page(rows: list[Any], field: str, *, older: bool, newer: bool) -> Page:
    if not rows:
        return Page((), "", "")
    return Page(
        rows=tuple(rows),
        older=_of(rows[-1], field) if older else "",
        newer=_of(rows[0], field) if newer else "",
    )


def _of(row: Any, field: str) -> str:
    return f"{round(getattr(row, field).timestamp() * 1_000_000)}-{row.pk}"


def _cursor(text: str) -> tuple[datetime, int] | None:
    """What a cursor says; nonsense is none."""
    moment, _, key = text.partition("-")
    if not (moment.isascii() and moment.isdigit() and key.isascii() and key.isdigit()):
        return None
    if len(moment) > 16 or len(key) > 18:
        return None
    seconds, micros = divmod(int(moment), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros), int(key)


def _beyond(found: QuerySet, field: str, cursor: tuple[datetime, int], how: str) -> QuerySet:
    at, key = cursor
    return found.filter(Q(**{f"{field}__{how}": at}) | Q(**{field: at, f"pk__{how}": key}))
