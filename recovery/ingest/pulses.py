"""The live numbers of linked processes: in memory, the latest wins, nothing is ever written."""

from __future__ import annotations

from dataclasses import dataclass

from recovery import wire
from recovery.moment import clock

FRESH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Beating:
    """One breaker in one process, as its last pulse said; ``at`` is monotonic."""

    at: float
    pulse: wire.BreakerPulse


class Pulses:
    """By service and process. Filled and read in the serving loop only."""

    def __init__(self) -> None:
        self._known: dict[int, dict[int, dict[str, Beating]]] = {}

    def take(self, service: int, process: int, pulse: wire.Pulse) -> None:
        """The latest of each breaker."""
        now = clock().monotonic()
        known = self._known.setdefault(service, {}).setdefault(process, {})
        for each in pulse.breakers:
            if each.name in known or len(known) < wire.limits.DECLARED:
                known[each.name] = Beating(now, each)

    def drop(self, service: int, process: int) -> None:
        """A process that is no longer linked."""
        processes = self._known.get(service, {})
        processes.pop(process, None)
        if not processes:
            self._known.pop(service, None)

    def of(self, service: int, breaker: str) -> dict[int, wire.BreakerPulse]:
        """The fresh pulses of one breaker, by process."""
        oldest = clock().monotonic() - FRESH_SECONDS
        return {
            process: found.pulse
            for process, known in self._known.get(service, {}).items()
            if (found := known.get(breaker)) is not None and found.at >= oldest
        }

    def services(self) -> set[int]:
        """Services with any pulse."""
        return set(self._known)
