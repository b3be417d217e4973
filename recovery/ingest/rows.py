"""One transaction of the writer: the processes it concerns, what it changes, and whom to hint at afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from recovery.models import Process
from recovery.models.sql import update_rows

from .counts import Counts
from .hinting import Hint
from .memory import Memory
from .seqs import Seqs


class Reporter:
    """A process as this transaction sees it."""

    __slots__ = ("applied", "changed", "client", "id", "last_slot", "seqs")

    def __init__(self, row: dict[str, Any]) -> None:
        self.id: int = row["id"]
        self.seqs = Seqs(row["kept_seqs"])
        self.last_slot: int = row["last_slot"]
        self.client: dict[str, Any] = row["client"]
        self.applied: int = row["applied_revision"]
        self.changed = False


class Unit:
    """What belongs to one transaction."""

    def __init__(self, memory: Memory, counts: Counts) -> None:
        self.memory, self.counts = memory, counts
        self.reporters: dict[int, Reporter] = {}
        self.stale: set[int] = set()  # breakers whose worst state is to be found again
        self._hints: set[Hint] = set()
        self._tally: dict[str, int] = {}

    def lock(self, processes: Iterable[int]) -> None:
        """Read processes, locked against other consoles, in one order."""
        missing = sorted(set(processes) - self.reporters.keys())
        columns = ("id", "kept_seqs", "last_slot", "client", "applied_revision")
        rows = Process.objects.select_for_update().filter(pk__in=missing).order_by("pk").values(*columns)
        self.reporters.update({row["id"]: Reporter(row) for row in rows})

    def count(self, name: str, count: int = 1) -> None:
        """Count something, once this transaction is committed."""
        self._tally[name] = self._tally.get(name, 0) + count

    def hint(self, topic: str, key: int) -> None:
        """Hint at a change, once, after the commit."""
        self._hints.add((topic, key))

    def save(self) -> None:
        """Write what changed of the processes."""
        columns = ("kept_seqs", "last_seq", "last_slot", "client", "applied_revision")
        changed = [each for _, each in sorted(self.reporters.items()) if each.changed]
        rows = [
            (each.seqs.as_list(), each.seqs.last, each.last_slot, each.client, each.applied, each.id)
            for each in changed
        ]
        update_rows(Process, columns, rows)

    def committed(self) -> set[Hint]:
        """Count what was kept; the hints that are to be sent now."""
        for name, count in self._tally.items():
            self.counts.add(name, count)
        return self._hints
