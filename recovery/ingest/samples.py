"""Which occurrences of an error are kept: the first, the recent, the first of each process and of each hour.

Of the recent ones the first of every ten seconds: a burst costs one row in ten seconds, and a rare error is always
there. The choice depends on the occurrences alone, never on the order in which they came: a sample of samples is the
sample.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from recovery.models import Occurrence

FIRST, RECENT, PROCESSES, HOURS = 3, 10, 20, 48
MOST_GROUPS = 2_000
SLOT, HOUR = 10, 3600

Key = tuple[float, int, int]  # moment, process, seq


def sample(keys: Iterable[Key]) -> set[Key]:
    """Those to keep."""
    latest_first = sorted(keys, reverse=True)
    of_process = {key[1]: key for key in latest_first}  # the earliest is the last to be put in
    of_slot = {key[0] // SLOT: key for key in latest_first}
    of_hour = {key[0] // HOUR: key for key in latest_first}
    return {
        *latest_first[-FIRST:],
        *list(of_slot.values())[:RECENT],
        *sorted(of_process.values())[:PROCESSES],
        *list(of_hour.values())[:HOURS],
    }


class Samples:
    """What is kept of each group now, for the groups in use."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, set[Key]] = OrderedDict()

    def clear(self) -> None:
        """Ask the database again."""
        self._kept.clear()

    def choose(self, group: int, fresh: set[Key]) -> tuple[set[Key], set[Key]]:
        """Take new occurrences in: which of them are to be written, and which older ones to be deleted."""
        kept = self._of(group)
        chosen = sample(kept | fresh)
        self._kept[group] = chosen
        return chosen - kept, kept - chosen

    def _of(self, group: int) -> set[Key]:
        kept = self._kept.get(group)
        if kept is None:
            rows = Occurrence.objects.filter(group=group).values_list("at", "process_id", "seq")
            kept = {(at.timestamp(), process, seq) for at, process, seq in rows}
            while len(self._kept) >= MOST_GROUPS:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(group)
        return kept
