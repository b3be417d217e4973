"""What one process counted of a rollout's target: totals since its start, and what lies between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from recovery import wire
from recovery.guardrail import Side

# As it is kept: admitted, failures, refused, histogram. An operation's calls are admitted, and fail by giving up.
Totals = list[Any]
NOTHING: Totals = [0, 0, 0, {}]


@dataclass(slots=True)
class Entry:
    """A compared process: its side, the slots that count, its totals before them and at their end."""

    new: bool
    since: int  # first slot
    until: int  # the slot after the last
    first: Totals | None = None
    last: Totals | None = None
    openings: int = 0

    @classmethod
    def kept(cls, row: Mapping[str, Any]) -> Entry:
        """As it was kept."""
        return cls(**row)

    def take(self, slot: int, width: int, totals: Totals) -> None:
        """A slice: the totals at its end. Those from before the first slot are what counting starts from."""
        if slot + width <= self.since:
            self.first = totals
        elif self.first is None:
            self.first = self.last = totals  # what it was at the start of this slice nobody knows
        else:
            self.last = totals


def totals_of(message: wire.Slice, kind: str, target: str) -> Totals | None:
    """The target's totals in a slice; None: it was not called in that slot."""
    if kind == "breaker":
        for part in message.breakers:
            if part.name == target:
                hist = {str(bucket): count for bucket, count in part.latency}
                return [part.admitted, part.failures, part.refused, hist]
        return None
    for operation in message.operations:
        if operation.name == target:
            return [operation.calls, operation.gave_up, 0, {}]
    return None


def side(entries: Iterable[Entry], seconds: int, *, opens: bool) -> Side:
    """The sum of what lies between."""
    its = [each for each in entries if each.until > each.since]
    counts, hist = [0, 0, 0], dict[int, int]()
    for each in its:
        first, last = each.first or NOTHING, each.last or each.first or NOTHING
        counts = [sum_ + max(0, last[i] - first[i]) for i, sum_ in enumerate(counts)]
        for bucket, count in last[3].items():
            more = count - first[3].get(bucket, 0)
            if more > 0:
                hist[int(bucket)] = hist.get(int(bucket), 0) + more
    return Side(
        processes=len(its),
        admitted=counts[0],
        failures=counts[1],
        refused=counts[2],
        openings=sum(each.openings for each in its) if opens else None,
        seconds=float(sum(each.until - each.since for each in its) * seconds),
        hist=hist,
    )
