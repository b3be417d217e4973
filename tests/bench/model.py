"""What a benchmark is made of: cases, their contenders, and what was measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["sync", "async"]
Role = Literal["ours", "peer", "bare"]

# Runs the protected call that often and answers the nanoseconds it took, set-up not included.
Sampler = Callable[[int], int]


class Missing(Exception):
    """A contender that cannot take part; its text says why."""


@dataclass(frozen=True)
class Contender:
    """One library in one case. `build` makes a fresh, checked sampler: each round starts with a new breaker."""

    name: str
    role: Role
    build: Callable[[], Sampler]


@dataclass(frozen=True)
class Goal:
    """`ratio` to `against`: of times at most, of throughputs at least."""

    ratio: float
    against: Literal["peer", "bare"] = "peer"
    unit: Literal["time", "throughput"] = "time"

    def reached(self, ratio: float) -> bool:
        """Whether a measured ratio is good enough."""
        return ratio <= self.ratio if self.unit == "time" else ratio >= self.ratio


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    key: str
    title: str
    mode: Mode
    goal: Goal
    contenders: Callable[[], Sequence[Contender]]
    prepare: Callable[[], AbstractContextManager[object]] = nullcontext
    sample_ms: float = 12.0
    calls: int | None = None  # a fixed number of calls per sample instead of a duration
    step: int = 1  # calls come in multiples of this: shared evenly by threads or tasks
    net_of_loop: bool = True  # whether the cost of the empty loop is subtracted


@dataclass
class Timing:
    """Nanoseconds per call of one contender, one figure per round; or why there are none."""

    name: str
    role: Role
    rounds: list[float] = field(default_factory=list)
    problem: str = ""

    @property
    def median(self) -> float:
        """The middle round."""
        ordered = sorted(self.rounds)
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


@dataclass(frozen=True)
class Result:
    """A measured case."""

    case: Case
    timings: Sequence[Timing]

    def of(self, role: Role) -> Timing | None:
        """The fastest measured contender of that role."""
        measured = [timing for timing in self.timings if timing.role == role and timing.rounds]
        return min(measured, key=lambda timing: timing.median, default=None)

    @property
    def ours(self) -> Timing | None:
        """Our own figures."""
        return self.of("ours")

    @property
    def rival(self) -> Timing | None:
        """What the goal compares with."""
        return self.of(self.case.goal.against)

    @property
    def ratio(self) -> float | None:
        """Ours to the rival's: of times, or of throughputs."""
        if self.ours is None or self.rival is None:
            return None
        times = self.ours.median / self.rival.median
        return times if self.case.goal.unit == "time" else 1 / times

    @property
    def verdict(self) -> str:
        """reached, missed, or why nobody knows."""
        if self.ours is None:
            return "ours is missing"
        if self.ratio is None:
            return "rival is missing"
        return "reached" if self.case.goal.reached(self.ratio) else "**missed**"
