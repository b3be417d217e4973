"""Which event sequences of a process are kept, as a few ranges: exact whatever order they come in."""

from __future__ import annotations

from bisect import bisect_right

MOST_RANGES = 64  # beyond that the oldest gaps count as kept: their events were dropped long ago


class Seqs:
    """A set of whole numbers that is almost one range."""

    def __init__(self, ranges: list[list[int]]) -> None:
        self._ranges = [list(each) for each in ranges]

    def __contains__(self, seq: int) -> bool:
        at = bisect_right(self._ranges, seq, key=_first) - 1
        return at >= 0 and seq <= self._ranges[at][1]

    def add(self, seq: int) -> bool:
        """Put one in; whether it is new."""
        ranges = self._ranges
        at = bisect_right(ranges, seq, key=_first)
        if at and seq <= ranges[at - 1][1]:
            return False
        after = at < len(ranges) and ranges[at][0] == seq + 1
        if at and ranges[at - 1][1] == seq - 1:
            ranges[at - 1][1] = ranges.pop(at)[1] if after else seq
        elif after:
            ranges[at][0] = seq
        else:
            ranges.insert(at, [seq, seq])
        return True

    @property
    def last(self) -> int:
        """The highest."""
        return self._ranges[-1][1] if self._ranges else 0

    def as_list(self) -> list[list[int]]:
        """The ranges, at most so many."""
        ranges = self._ranges
        surplus = len(ranges) - MOST_RANGES
        return [[ranges[0][0], ranges[surplus][1]], *ranges[surplus + 1 :]] if surplus > 0 else ranges


def _first(each: list[int]) -> int:
    return each[0]
