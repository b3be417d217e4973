"""Sliding windows that success hardly touches.

Neither window stores a success. The count window keeps the running number of each failure and slow call: of the last N
calls exactly those failed whose number is above ``total - N``. The time window keeps slices of a hundredth of its
length and takes a slice's calls from how far the running total moved. ``total`` is always the number of settled calls
so far.
"""

from __future__ import annotations

from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Protocol

    class Window(Protocol):
        """What the decision asks of either window."""

        turn: int

        def add(self, total: int, at: int, failed: bool, slow: bool) -> None:
            """Note a failed or slow call; ``total`` counts it already, ``at`` is in ns."""

        def rotate(self, total: int, at: int) -> None:
            """Let time pass (time window)."""

        def figures(self, total: int, at: int) -> tuple[int, int, int]:
            """Calls, failures and slow calls in the window at this moment."""


NEVER = 1 << 62
SLICES = 100


class CountWindow:
    """The last ``size`` calls. O(1) per failure, nothing per success."""

    __slots__ = ("_failed", "_size", "_slow", "base")
    turn = NEVER

    def __init__(self, size: int, total: int = 0) -> None:
        self.base = total  # calls before the window began
        self._size = size
        self._failed: deque[int] | None = None  # numbers of the failures, rising; made by the first
        self._slow: deque[int] | None = None  # the same of the slow calls

    def add(self, total: int, at: int, failed: bool, slow: bool) -> None:
        """Note call number ``total``."""
        if failed:
            self._failed = self._with(self._failed, total)
        if slow:
            self._slow = self._with(self._slow, total)

    def failed_upto(self, number: int) -> list[int]:
        """The numbers of the failures up to and with ``number``."""
        return [failed for failed in self._failed or () if failed <= number]

    def replace_failed(self, numbers: Iterable[int]) -> None:
        """Put other failures in place of those noted."""
        self._failed = deque((number for number in sorted(numbers) if number > self.base), self._size) or None

    def _with(self, numbers: deque[int] | None, number: int) -> deque[int]:
        """Threads may bring their numbers a little out of order, or one that was found on the tape already."""
        if numbers is None:
            numbers = deque(maxlen=self._size)
        later = []
        while numbers and numbers[-1] >= number:
            later.append(numbers.pop())
        if number > self.base and (not later or later[-1] != number):
            numbers.append(number)
        numbers.extend(reversed(later))
        return numbers

    def rotate(self, total: int, at: int) -> None:
        """A count window does not age."""

    def figures(self, total: int, at: int) -> tuple[int, int, int]:
        """Calls, failures, slow calls among the last ``size``; amortised O(1): what has left goes for good."""
        first = total - self._size
        return min(total - self.base, self._size), _above(self._failed, first), _above(self._slow, first)


def _above(numbers: deque[int] | None, first: int) -> int:
    if not numbers:
        return 0
    while numbers and numbers[0] <= first:
        numbers.popleft()
    return len(numbers)


class TimeWindow:
    """The last ``seconds``, in slices of a hundredth. ``turn`` is the end of the present slice (ns)."""

    __slots__ = ("_base", "_failed", "_index", "_length", "_origin", "_past", "_slow", "_sums", "turn")

    def __init__(self, seconds: int, at: int, total: int) -> None:
        self._length = seconds * 1_000_000_000 // SLICES
        self._origin = at
        self._index = 0
        self._base = total
        self._failed = 0
        self._slow = 0
        self._past: deque[tuple[int, int, int, int]] = deque()  # (slice, calls, failed, slow), none empty
        self._sums = (0, 0, 0)  # of _past
        self.turn = at + self._length

    def add(self, total: int, at: int, failed: bool, slow: bool) -> None:
        """Note a call that ended at ``at``."""
        self.rotate(total - 1, at)
        self._failed += failed
        self._slow += slow

    def rotate(self, total: int, at: int) -> None:
        """Close the present slice when it is over. A clock that stepped back stays in it."""
        if at < self.turn:
            return
        calls, failed, slow = self._sums
        fresh = total - self._base
        if fresh or self._failed or self._slow:
            self._past.append((self._index, fresh, self._failed, self._slow))
            calls, failed, slow = calls + fresh, failed + self._failed, slow + self._slow
        self._index = (at - self._origin) // self._length
        while self._past and self._past[0][0] <= self._index - SLICES:
            gone = self._past.popleft()
            calls, failed, slow = calls - gone[1], failed - gone[2], slow - gone[3]
        self._sums = calls, failed, slow
        self._base, self._failed, self._slow = total, 0, 0
        self.turn = self._origin + (self._index + 1) * self._length

    def figures(self, total: int, at: int) -> tuple[int, int, int]:
        """Calls, failures, slow calls not yet expired at ``at``; O(1) within a slice, else O(window)."""
        calls, failed, slow = self._sums
        present = total - self._base
        if at >= self.turn:
            first = (at - self._origin) // self._length - SLICES
            calls, failed, slow = _sums([entry for entry in self._past if entry[0] > first])
            if self._index <= first:
                return calls, failed, slow
        return calls + present, failed + self._failed, slow + self._slow


def _sums(slices: Iterable[tuple[int, int, int, int]]) -> tuple[int, int, int]:
    calls = failed = slow = 0
    for entry in slices:
        calls, failed, slow = calls + entry[1], failed + entry[2], slow + entry[3]
    return calls, failed, slow
