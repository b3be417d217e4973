"""Parts of the errors' pages."""

from __future__ import annotations

from recovery.forms.filters import error_filter
from recovery.queries.errors.groups import groups, unresolved
from recovery.views.errors import list_context

from .made import Made, Part, asked


def _list(rest: str) -> Made:
    return "recovery/errors/list.html", list_context(groups(error_filter(asked(rest))))


def _count(_: str) -> Made:
    return "recovery/errors/count.html", {"unresolved": unresolved()}


PARTS: dict[str, Part] = {"errors": _list, "count-errors": _count}
