"""What one process recorded of one breaker: slot by slot the totals, and every failure and slow call with its number.

Times are in ms on the console's clock. Numbers count settled successes and failures since the process started.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from recovery.ingest.packing import Part

NOTHING, FAILED, SLOW = 0, 1, 2  # FAILED | SLOW: failed slowly
LATE = 5_000  # ms after its end that a slot may have been closed


@dataclass(frozen=True, slots=True)
class Totals:
    """Since the process started."""

    successes: int = 0
    failures: int = 0
    slow: int = 0
    refused: int = 0

    @property
    def settled(self) -> int:
        """The number of the last call that counted."""
        return self.successes + self.failures


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot: the numbers of its calls lie after ``before`` and up to ``after``, its entries from ``first`` on."""

    start: int
    end: int
    before: int
    after: int
    first: int
    refused: int
    failures: int
    lost: int  # entries that were not kept


@dataclass(slots=True)
class Tape:
    """The slots and entries of one process."""

    slots: list[Slot] = field(default_factory=list)
    numbers: array[int] = field(default_factory=lambda: array("q"))
    times: array[int] = field(default_factory=lambda: array("q"))
    what: bytearray = field(default_factory=bytearray)
    totals: Totals | None = None  # at the end of the last slot; None: nothing is known of what came before

    def add(self, start: int, end: int, part: Part) -> None:
        """The next slot. Of the first one that is heard of it is not known how many calls came before."""
        now = Totals(part.successes, part.failures, part.slow, part.refused)
        first = len(self.numbers)
        was = self.totals or Totals(now.successes, now.failures, now.slow, now.refused)
        before = was.settled if self.totals else self._beginning(now, part)
        began = start
        start = max(start, self.slots[-1].end) if self.slots else start
        kept = max(start, began + part.tape[0][1]) if part.tape else end
        lost = self._guess(now, was, part, start, kept) if self.totals else 0
        end = self._entries(part, began, max(start, end), before)
        refused = max(0, now.refused - was.refused)
        failures = max(0, now.failures - was.failures)
        after = max(before, now.settled)
        self.slots.append(Slot(start, end, before, after, first, refused, failures, lost))
        self.totals = now

    def _beginning(self, now: Totals, part: Part) -> int:
        return part.tape[0][0] - 1 if part.tape else now.settled

    def _entries(self, part: Part, start: int, end: int, before: int) -> int:
        """Returns when the slot really ended: its client looks once a second, so a slot closes up to a second late."""
        last, at = self.numbers[-1] if self.numbers else before, self.times[-1] if self.times else start
        for number, offset, what in part.tape:
            if number > last:
                last, at = number, max(at, min(start + offset, end + LATE))
                self.numbers.append(number)
                self.times.append(at)
                self.what.append(what & 3)
        return max(end, at)

    def _guess(self, now: Totals, was: Totals, part: Part, start: int, until: int) -> int:
        """What was lost came before what was kept: failures and slow calls stand evenly among those calls."""
        failed = now.failures - was.failures - sum(what & FAILED for _, _, what in part.tape)
        slow = now.slow - was.slow - sum(what >> 1 for _, _, what in part.tape)
        if failed <= 0 and slow <= 0:
            return 0
        room = (part.tape[0][0] - 1 if part.tape else now.settled) - was.settled
        lost = min(room, max(0, failed) + max(0, slow))
        slowly = min(lost, max(0, slow))
        for n in range(1, lost + 1):
            self.numbers.append(was.settled + room * n // lost)
            self.times.append(start + (until - start) * n // (lost + 1))
            # both kinds evenly: every so-manieth of them is a slow one
            self.what.append(SLOW if slowly * n // lost > slowly * (n - 1) // lost else FAILED)
        return max(0, failed) + max(0, slow)
