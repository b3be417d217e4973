"""What a list is narrowed to: the URL is the filter."""

from __future__ import annotations

from dataclasses import dataclass, fields
from urllib.parse import urlencode

# Chips of the board, and the states each stands for. No data is the empty state.
CHIPS: dict[str, tuple[str, ...]] = {
    "open": ("OPEN",),
    "half-open": ("HALF-OPEN",),
    "forced-open": ("FORCED-OPEN",),
    "closed": ("CLOSED",),
    "metrics-only": ("METRICS-ONLY",),
    "disabled": ("DISABLED",),
    "stale": ("",),
}


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Of the board. Empty: everything."""

    state: str = ""
    q: str = ""
    service: str = ""
    environment: str = ""

    @property
    def query(self) -> str:
        """As the URL says it, without what is empty; in one order, so that equal filters are equal keys."""
        return urlencode({f.name: value for f in fields(self) if (value := getattr(self, f.name))})

    @property
    def states(self) -> tuple[str, ...] | None:
        """The states asked for; None: all."""
        return CHIPS.get(self.state)

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.query)


EVERYTHING = BoardFilter()

# Chips of the errors' list, and the statuses each stands for; all but "all" are the model's own words.
STATUSES: dict[str, tuple[str, ...]] = {
    "unresolved": ("new", "seen", "regressed"),
    "new": ("new",),
    "regressed": ("regressed",),
    "muted": ("muted",),
    "resolved": ("resolved",),
    "all": (),
}


@dataclass(frozen=True, slots=True)
class ErrorFilter:
    """Of the errors' list. Without a status: what is unresolved."""

    status: str = ""
    service: str = ""
    environment: str = ""
    category: str = ""
    q: str = ""

    @property
    def query(self) -> str:
        """As the URL says it, without what is empty."""
        return urlencode({f.name: value for f in fields(self) if (value := getattr(self, f.name))})

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses asked for; empty: all."""
        return STATUSES[self.status or "unresolved"]
