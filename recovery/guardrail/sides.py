"""What the processes of one side did in the time that is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recovery.charts.histogram import percentile

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Side:
    """Sums over processes. ``openings`` None: it is nothing that opens."""

    processes: int = 0
    admitted: int = 0
    failures: int = 0
    refused: int = 0
    openings: int | None = None
    seconds: float = 0.0  # of processes, added up
    hist: Mapping[int, int] = field(default_factory=dict)

    @property
    def calls(self) -> int:
        """Admitted and refused."""
        return self.admitted + self.refused

    @property
    def failed(self) -> float | None:
        """% of the admitted; None where none was."""
        return self.failures * 100 / self.admitted if self.admitted else None

    @property
    def hourly(self) -> float | None:
        """Openings of a process in an hour."""
        return None if self.openings is None or self.seconds <= 0 else self.openings * HOUR / self.seconds

    @property
    def p95(self) -> float | None:
        """Seconds."""
        return percentile(self.hist, 0.95) if self.hist else None

    def told(self) -> dict[str, Any]:
        """As it is kept and shown."""
        counts = {name: getattr(self, name) for name in ("processes", "calls", "failures", "refused", "openings")}
        return counts | {"failed": self.failed, "hourly": self.hourly, "p95": self.p95, "seconds": self.seconds}
