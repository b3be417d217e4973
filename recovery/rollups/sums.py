"""Additive sums of a breaker or an operation in one span, and the columns that they are kept in."""

from __future__ import annotations

from collections import Counter
from math import fsum
from typing import Any

from recovery.models.breakers import WORST_FIRST

from .shares import BreakerShare, OperationShare

_RANK = {state: rank for rank, state in enumerate(WORST_FIRST)}

BREAKER_COLUMNS = (
    *("admitted", "failures", "ignored", "slow", "refused", "fallbacks"),
    *("hist", "worst", "linked"),
)
OPERATION_COLUMNS = ("attempts", "retries", "successes_after_retry", "gave_up", "delay_seconds", "by_reason")


def worse(one: str, other: str) -> str:
    """The worse of two states; an empty one is not known."""
    return min(one, other, key=lambda state: _RANK.get(state, len(_RANK)))


class BreakerSum:
    """Of a breaker. ``linked``: the processes that reported it; in longer spans the most at one time."""

    __slots__ = ("counts", "hist", "most", "processes", "worst")

    def __init__(self) -> None:
        self.counts = [0] * 6
        self.hist: dict[int, int] = {}
        self.worst = ""
        self.processes: set[int] = set()
        self.most = 0

    def add(self, share: BreakerShare, state: str, process: int) -> None:
        """One process's share of a slot."""
        counts = self.counts
        counts[0] += share.successes + share.failures + share.ignored
        counts[1] += share.failures
        counts[2] += share.ignored
        counts[3] += share.slow
        counts[4] += share.refused
        counts[5] += share.fallbacks
        for bucket, count in share.hist.items():
            self.hist[bucket] = self.hist.get(bucket, 0) + count
        if state != self.worst:
            self.worst = worse(self.worst, state)
        self.processes.add(process)

    def add_row(self, row: tuple[Any, ...]) -> None:
        """A row of the level below, in the order of the columns."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, row[:6], strict=True)]
        for bucket, count in row[6].items():
            self.hist[int(bucket)] = self.hist.get(int(bucket), 0) + count
        self.worst = worse(self.worst, row[7])
        self.most = max(self.most, row[8])

    def values(self) -> tuple[Any, ...]:
        """The row, in the order of the columns."""
        hist = {str(bucket): self.hist[bucket] for bucket in sorted(self.hist)}
        return (*self.counts, hist, self.worst, max(self.most, len(self.processes)))


class OperationSum:
    """Of an operation. The seconds are added exactly, so that their order does not matter."""

    __slots__ = ("counts", "reasons", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * 4
        self.seconds: list[float] = []
        self.reasons: Counter[str] = Counter()

    def add(self, share: OperationShare, _state: str, _process: int) -> None:
        """One process's share of a slot."""
        self.add_row(
            (
                share.attempts,
                share.retries,
                share.successes_after_retry,
                share.gave_up,
                share.delay_seconds,
                share.by_reason,
            )
        )

    def add_row(self, row: tuple[Any, ...]) -> None:
        """A row of the level below."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, row[:4], strict=True)]
        self.seconds.append(row[4])
        self.reasons.update(row[5])

    def values(self) -> tuple[Any, ...]:
        """The row, in the order of the columns."""
        return (*self.counts, fsum(self.seconds), {reason: self.reasons[reason] for reason in sorted(self.reasons)})
