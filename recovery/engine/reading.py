"""What can be read of a breaker. Reading never changes anything and emits nothing."""

from __future__ import annotations

from .core import Core
from .snapshot import BreakerSnapshot, snapshot_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from .breaker_config import BreakerConfig
    from .dispatch import Outlet
    from .enums import BreakerState
    from .events import BreakerEvent, Transition


class Reading(Core):
    """Properties, snapshot, cursors and listeners, mixed into :class:`CircuitBreaker`."""

    __slots__ = ()

    @property
    def config(self) -> BreakerConfig:
        """The configuration in force."""
        return self._config

    @property
    def state(self) -> BreakerState:
        """Where it stands; OPEN until a probe is really let in, a hold until a call or ``tick()`` notices its end."""
        return self._period.state.kind

    @property
    def failures(self) -> int:
        """The present streak of failures."""
        period = self._period
        return period.state.tally.consecutive(period.successes if period.state.tallies else 0)

    @property
    def last_failure_time(self) -> datetime | None:
        """When a failure was last recorded (aware, UTC)."""
        last = self.last_failure
        return last.at if last is not None else None

    @property
    def retry_after(self) -> float | None:
        """Seconds until a call may be let in; None where calls are let in, or nobody knows."""
        at = self._ns()
        with self._lock:
            period = self._period
            return period.state.wait(period, max(at, period.seen))

    def snapshot(self) -> BreakerSnapshot:
        """Everything at one moment, frozen."""
        return snapshot_of(self)

    def transitions_after(self, cursor: int = 0) -> tuple[list[Transition], int, int]:
        """Transitions since ``cursor`` (a sequence number), the next cursor, and how many were missed (ring of 256)."""
        with self._lock:
            return self._history.after(cursor) if self._history else ([], 0, 0)

    def tape_after(self, cursor: int = 0) -> tuple[list[tuple[int, int, int]], int, int]:
        """The outcome tape since ``cursor``: (call number, time in ns, 1 failed | 2 slow | 3 both), next cursor, lost.

        Call numbers count settled successes and failures since the breaker was made, so the exact order can be rebuilt.
        """
        with self._lock:
            period, tape = self._period, self._tape or ()
            taped = period.taped + period.failures + period.slow_successes
            wanted = max(0, taped - cursor)
            kept = list(tape)[len(tape) - min(wanted, len(tape)) :]
            return kept, taped, wanted - len(kept)

    def on_event(self, listener: Callable[[BreakerEvent], Any]) -> Callable[[], None]:
        """Call ``listener(event)`` on the dispatcher thread, in order; returns a function that ends it."""
        from .dispatch import Outlet

        if not callable(listener):
            raise TypeError(f"a listener must be callable, got {type(listener).__name__}")
        outlet = Outlet(listener)
        with self._lock:
            self._outlets = (*self._outlets, outlet)
        return lambda: self._unlisten(outlet)

    def _unlisten(self, outlet: Outlet) -> None:
        with self._lock:
            if outlet in self._outlets:
                self._outlets = tuple(kept for kept in self._outlets if kept is not outlet)
                self._dropped += outlet.dropped
        outlet.close()

    def _dropped_events(self) -> int:
        return self._dropped + sum(outlet.dropped for outlet in self._outlets)

    def __repr__(self) -> str:
        """Name, state, streak."""
        return f"<CircuitBreaker {self.name!r} {self.state.value} failures={self.failures}>"
