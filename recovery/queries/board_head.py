"""What the whole house is like: is anything wrong, how bad, since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max

from recovery import moment
from recovery.models import Breaker, BreakerNow, LinkInterval, Transition

from . import figures
from .errors.groups import unresolved
from .figures import Figures, Window
from .filters import CHIPS
from .linking import recent


@dataclass(frozen=True, slots=True)
class Head:
    """Whatever the list below is narrowed to."""

    counts: dict[str, int]  # by chip
    cut_off: int  # of those without data, the ones whose processes were just cut off
    figures: Figures
    window: Window
    processes: int
    services: int
    errors: int
    changed_at: datetime | None

    @property
    def total(self) -> int:
        """All breakers."""
        return sum(self.counts.values())

    @property
    def wrong(self) -> bool:
        """Whether calls are refused, or were just now."""
        return any(self.counts[chip] for chip in ("open", "half-open", "forced-open"))

    @property
    def sentence(self) -> str:
        """Is anything wrong?"""
        if not self.total:
            return "No breaker has reported yet."
        parts = [
            _said(self.counts["open"], "is open", "are open"),
            _said(self.counts["half-open"], "is probing", "are probing"),
            _said(self.counts["forced-open"], "is held open", "are held open"),
            _said(self.cut_off, "was cut off", "were cut off"),
        ]
        said = [part for part in parts if part]
        if said:
            count, _, rest = said[0].partition(" ")
            return ", ".join([f"{count} breaker{'s' * (count != '1')} {rest}", *said[1:]]) + "."
        if self.total == self.counts["stale"]:
            return "No process is linked: nothing is known."
        return "Nothing is wrong."

    @property
    def short(self) -> str:
        """For the tab."""
        words = (("open", "open"), ("half-open", "probing"), ("forced-open", "held open"))
        said = [f"{self.counts[chip]} {word}" for chip, word in words if self.counts[chip]]
        return ", ".join(said) or ("Nothing known" if self.total == self.counts["stale"] else "All well")


def _said(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}" if count else ""


def head() -> Head:
    """Eight queries."""
    now = moment.now()
    span = figures.window(now)
    links = LinkInterval.objects.filter(ended_at=None)
    cut_off = BreakerNow.objects.filter(recent(now, "process__"), breaker__state="")
    return Head(
        counts=chips(Breaker.objects.order_by().values("state").annotate(n=Count("pk")).values_list("state", "n")),
        cut_off=cut_off.aggregate(n=Count("breaker_id", distinct=True))["n"],
        figures=figures.of_all(span),
        window=span,
        errors=unresolved(),
        changed_at=Transition.objects.aggregate(at=Max("at"))["at"],
        **links.aggregate(
            processes=Count("process_id", distinct=True), services=Count("process__service_id", distinct=True)
        ),
    )


def chips(states: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Counts by state as counts by chip."""
    found = dict(states)
    return {chip: sum(found.get(state, 0) for state in its) for chip, its in CHIPS.items()}
