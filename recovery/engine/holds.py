"""The states that an operator holds a breaker in. As in ``states``, they only decide; the lock is the caller's."""

from __future__ import annotations

from .enums import BreakerState
from .errors import CircuitBreakerHeldError
from .moves import WOULD_OPEN, Move
from .period import ASK, GIL, SHUT
from .states import Closed, State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .period import Period
    from .permit import Permit
    from .states import Settled


class MetricsOnly(Closed):
    """Records and announces, never rejects."""

    __slots__ = ()
    kind = BreakerState.METRICS_ONLY

    def gate(self, period: Period) -> int:
        """As closed; a hold with an end is looked at by every call."""
        return super().gate(period) if self.span is None or self.span.ends is None else ASK

    def success(self, period: Period, permit: Permit | None, at: int, slow: bool, settled: Settled) -> Move | None:
        """A slow success may cross a threshold."""
        if not slow:
            return None
        before = self.tally.crossed(settled[0] - 1, settled[1], at)
        self.tally.slow_success(*settled, at)
        return self._announced(period, at, before is not None)

    def failure(
        self, period: Period, permit: Permit | None, at: int, slow: bool, exc: BaseException | None, settled: Settled
    ) -> Move | None:
        """A failure may cross a threshold."""
        before = self.tally.crossed(settled[0], settled[1] - 1, at)
        self.tally.failure(*settled, at, slow)
        return self._announced(period, at, before is not None)

    def _announced(self, period: Period, at: int, before: bool) -> Move | None:
        """Once per crossing: only where the threshold was not reached just before."""
        crossing = None if before else self.tally.crossed(*period.tallied(), at)
        return Move(WOULD_OPEN, crossing.cause, crossing.evidence) if crossing is not None else None


class ForcedOpen(State):
    """Refuses because an operator says so."""

    __slots__ = ()
    kind = BreakerState.FORCED_OPEN
    error = CircuitBreakerHeldError

    def enter(self, period: Period, at: int) -> None:
        """Until the hold ends, if it does."""
        super().enter(period, at)
        period.deadline = self.span.ends if self.span is not None and self.span.ends is not None else 1 << 100

    def gate(self, period: Period) -> int:
        """Wrappers refuse by themselves, unless a fallback answers."""
        return SHUT if period.breaker._inline and GIL else ASK

    def admit(self, period: Period, at: int) -> Permit | None:
        """Nobody."""
        return None

    def stepped_back(self, period: Period, step: int) -> None:
        """The end of the hold moves along."""
        super().stepped_back(period, step)
        if self.span is not None and self.span.ends is not None:
            period.deadline = self.span.ends

    def wait(self, period: Period, at: int) -> float | None:
        """Until the hold ends; None when it has no end."""
        if self.span is None or self.span.ends is None:
            return None
        return max(0, self.span.ends - at) / 1e9


class Disabled(State):
    """Lets everything through and records nothing."""

    __slots__ = ()
    kind = BreakerState.DISABLED
    counts = False
