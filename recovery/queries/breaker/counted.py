"""What was counted in the steps of a chart: its own level, and finer rows where that is not whole yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from recovery.charts.histogram import merged
from recovery.models.breakers import WORST_FIRST

from .spans import Span

COLUMNS = ("at", "admitted", "failures", "refused", "hist", "worst")


@dataclass(slots=True)
class Counted:
    """The sums of one step. Histograms add up; percentiles do not."""

    admitted: int = 0
    failures: int = 0
    refused: int = 0
    hist: dict[int, int] = field(default_factory=dict)
    worst: str = ""

    def add(self, admitted: int, failures: int, refused: int, hist: dict[str, int], worst: str) -> None:
        """One row of whatever level."""
        self.admitted += admitted
        self.failures += failures
        self.refused += refused
        self.hist = merged([self.hist, hist])
        self.worst = min(self.worst, worst, key=rank)


def counted(key: int, span: Span, start: int, end: int) -> dict[int, Counted]:
    """By the start of the step; a step without any call is left out. Two queries."""
    fine_from = max(start, (end - span.seconds - span.unsettled) // span.seconds * span.seconds)
    if not span.unsettled:
        fine_from = end
    found: dict[int, Counted] = {}
    _add(found, span.seconds, _rows(span.model, key, start, fine_from))
    _add(found, span.seconds, _rows(span.finer, key, fine_from, end))
    return found


def _rows(model: Any, key: int, start: int, end: int) -> Iterable[tuple[Any, ...]]:
    return model.objects.filter(breaker=key, at__gte=start, at__lt=end).order_by("at").values_list(*COLUMNS)


def _add(found: dict[int, Counted], seconds: int, rows: Iterable[tuple[Any, ...]]) -> None:
    for at, *row in rows:
        found.setdefault(at // seconds * seconds, Counted()).add(*row)


def rank(state: str) -> int:
    """Where a state stands among the worst; what is not known comes last."""
    return WORST_FIRST.index(state) if state in WORST_FIRST else len(WORST_FIRST)
