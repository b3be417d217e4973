"""What the URL asks for, cleaned: nonsense counts as nothing, a filter never fails a page."""

from __future__ import annotations

from collections.abc import Mapping

from recovery.engine.enums import ErrorCategory
from recovery.queries.filters import CHIPS, STATUSES, BoardFilter, ErrorFilter
from recovery.queries.policies.listed import SHOWN, PolicyFilter

LONGEST = 200


def board_filter(asked: Mapping[str, str]) -> BoardFilter:
    """The board's."""
    state = asked.get("state", "")
    return BoardFilter(
        state=state if state in CHIPS else "",
        q=text(asked, "q"),
        service=text(asked, "service"),
        environment=text(asked, "environment"),
    )


def text(asked: Mapping[str, str], name: str) -> str:
    """One word of the URL, cut to what a search needs."""
    return asked.get(name, "").replace("\0", "").strip()[:LONGEST]


def error_filter(asked: Mapping[str, str]) -> ErrorFilter:
    """The errors' list's. A service stands in its select as ``name/environment``, so that environments do not mix."""
    status, category = asked.get("status", ""), asked.get("category", "")
    service, environment = text(asked, "service"), text(asked, "environment")
    if not environment and "/" in service:
        service, _, environment = service.rpartition("/")
    return ErrorFilter(
        status=status if status in STATUSES else "",
        service=service,
        environment=environment,
        category=category if category in set(ErrorCategory) else "",
        q=text(asked, "q"),
    )


def policy_filter(asked: Mapping[str, str]) -> PolicyFilter:
    """The policies' list's."""
    show = asked.get("show", "")
    return PolicyFilter(
        show=show if show in SHOWN else "",
        service=text(asked, "service"),
        environment=text(asked, "environment"),
        q=text(asked, "q"),
    )
