"""What a measure gives: numbers, each against the one to reach, with a floor from the same run beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Sense = Literal["at most", "at least"]


@dataclass(frozen=True)
class Goal:
    """A number to reach. ``sense`` says on which side."""

    value: float
    unit: str = ""
    sense: Sense = "at most"

    def reached(self, value: float) -> bool:
        """Whether a measured value is on the right side."""
        return value <= self.value if self.sense == "at most" else value >= self.value

    def __str__(self) -> str:
        return f"{'≤' if self.sense == 'at most' else '≥'} {shown(self.value, self.unit)}"


@dataclass(frozen=True)
class Floor:
    """What the same machine does in the same run without the console: what the ratio is to."""

    name: str
    value: float


@dataclass(frozen=True)
class Number:
    """One line of the table. ``goal`` None: told for its own sake."""

    measure: str
    what: str
    value: float
    unit: str
    goal: Goal | None = None
    floor: Floor | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """The value to its floor."""
        return self.value / self.floor.value if self.floor and self.floor.value else None

    @property
    def verdict(self) -> str:
        """Whether the goal is reached."""
        if self.goal is None:
            return ""
        return "reached" if self.goal.reached(self.value) else "**missed**"


@dataclass(frozen=True)
class Size:
    """How much of everything: a full run, or a quick one that only shows that the measure works."""

    processes: int = 500
    breakers: int = 20  # of each process
    seconds: float = 20.0  # of sustained load
    known: int = 10_000  # breakers of the house whose pages are asked for
    gone: int = 10_000  # processes that are past
    browsers: int = 1_000
    few: int = 10  # processes where few are asked for
    repeats: int = 20

    @classmethod
    def quick(cls) -> Size:
        """A smoke test: the figures are noise."""
        return cls(processes=40, seconds=5.0, known=1_000, gone=500, browsers=50, few=3, repeats=5)


@dataclass(frozen=True)
class Store:
    """What keeps the console's rows: SQLite in its own folder, or a server with a database made for the run."""

    name: str
    database: str = ""  # the address of the server's own database
    redis: str = ""


Measure = Callable[[Size, Store], Sequence[Number]]


def shown(value: float, unit: str) -> str:
    """A number for people: three digits or so."""
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    if 0 < abs(value) < 0.1:
        digits = 4
    return f"{value:,.{digits}f} {unit}".strip()
