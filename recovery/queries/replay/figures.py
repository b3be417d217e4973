"""What a replay comes to: of one process, and of all of them together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from recovery.charts.replay import Ribbons, spoken

from .run import Run


@dataclass(frozen=True, slots=True)
class Figures:
    """Under one configuration."""

    openings: int = 0
    reopenings: int = 0
    open_ms: int = 0
    refused: int = 0
    reached: int = 0

    @property
    def open_for(self) -> str:
        """How long it was open, added up over the processes."""
        return spoken(self.open_ms)


def figures(runs: Iterable[Run]) -> Figures:
    """Added up."""
    all_of = list(runs)
    return Figures(
        openings=sum(len(each.openings) for each in all_of),
        reopenings=sum(len(each.reopenings) for each in all_of),
        open_ms=sum(each.open_ms for each in all_of),
        refused=sum(each.refused for each in all_of),
        reached=sum(each.reached for each in all_of),
    )


@dataclass(frozen=True, slots=True)
class InProcess:
    """One process under both."""

    label: str
    present: Figures
    proposed: Figures


@dataclass(frozen=True, slots=True)
class Recorded:
    """What really happened in that time."""

    openings: int
    reopenings: int
    refused: int
    failures: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """All that the page shows. ``empty``: why there is nothing to show."""

    hours: int
    begin: int
    end: int
    same: bool = False  # the draft is what is in force
    sentence: str = ""
    present: Figures = Figures()
    proposed: Figures = Figures()
    recorded: Recorded = Recorded(0, 0, 0, 0)
    processes: tuple[InProcess, ...] = ()
    assumed: tuple[str, ...] = ()
    ribbons: Ribbons | None = None
    empty: str = ""

    @property
    def since(self) -> datetime:
        """From when on."""
        return datetime.fromtimestamp(self.begin, UTC)

    @property
    def until(self) -> datetime:
        """Until when."""
        return datetime.fromtimestamp(self.end, UTC)
