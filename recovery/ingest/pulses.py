"""The live numbers of linked processes: in memory, the latest wins, nothing is ever written."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from recovery import wire
from recovery.moment import clock

FRESH_SECONDS = 3.0
KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Beating:
    """One breaker in one process, as its last pulse said; ``at`` is monotonic."""

    at: float
    pulse: wire.BreakerPulse

    @property
    def age(self) -> float:
        """How long ago it came, in seconds."""
        return max(0.0, clock().monotonic() - self.at)


class Pulses:
    """By service and process. Filled in the serving loop; pages are drawn from it in threads."""

    def __init__(self) -> None:
        self._known: dict[int, dict[int, dict[str, Beating]]] = {}
        self._lock = threading.Lock()

    def take(self, service: int, process: int, pulse: wire.Pulse) -> None:
        """The latest of each breaker."""
        self.put(service, process, pulse.breakers)

    def put(self, service: int, process: int, breakers: Iterable[wire.BreakerPulse], age: float = 0.0) -> None:
        """The same, as it may have come by another console process ``age`` seconds ago."""
        at = clock().monotonic() - age
        with self._lock:
            known = self._known.setdefault(service, {}).setdefault(process, {})
            for each in breakers:
                if each.name in known or len(known) < wire.limits.DECLARED:
                    known[each.name] = Beating(at, each)

    def drop(self, service: int, process: int) -> None:
        """A process that is no longer linked."""
        with self._lock:
            self._known.get(service, {}).pop(process, None)
            if not self._known.get(service, True):
                del self._known[service]

    def sweep(self) -> None:
        """Forget what is old: processes that are linked to another console do not say goodbye here."""
        oldest = clock().monotonic() - KEPT_SECONDS
        with self._lock:
            for service, processes in list(self._known.items()):
                for process, known in list(processes.items()):
                    processes[process] = {name: each for name, each in known.items() if each.at >= oldest}
                    if not processes[process]:
                        del processes[process]
                if not processes:
                    del self._known[service]

    def beating(self, service: int, breaker: str) -> dict[int, Beating]:
        """The fresh pulses of one breaker with their age, by process."""
        oldest = clock().monotonic() - FRESH_SECONDS
        with self._lock:
            found = [(process, known.get(breaker)) for process, known in self._known.get(service, {}).items()]
        return {process: each for process, each in found if each is not None and each.at >= oldest}

    def of(self, service: int, breaker: str) -> Mapping[int, wire.BreakerPulse]:
        """The fresh pulses of one breaker, by process."""
        return {process: each.pulse for process, each in self.beating(service, breaker).items()}

    def services(self) -> set[int]:
        """Services with any pulse."""
        with self._lock:
            return set(self._known)
