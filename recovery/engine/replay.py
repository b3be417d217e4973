"""Feeding recorded outcomes to the decision code without making a call: what a config would have done.

It runs the real breaker on a clock that is told the time, so it can decide nothing else than the breaker would. n
successes cost O(1) while it is closed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .breaker import CircuitBreaker
from .enums import BreakerState
from .errors import CircuitBreakerOpenError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .breaker_config import BreakerConfig
    from .events import Transition
    from .permit import Permit
    from .snapshot import BreakerSnapshot

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _ToldClock:
    """Stands still until it is told the time (ns since the epoch)."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at = 0

    def monotonic_ns(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return self.at / 1e9

    def now(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self.at / 1000)

    def sleep(self, _seconds: float) -> None:
        raise RuntimeError("a replay does not wait")

    async def asleep(self, _seconds: float) -> None:
        raise RuntimeError("a replay does not wait")


class _Silent(CircuitBreaker):
    """What would have happened is no news: nothing is logged."""

    __slots__ = ()

    def _tell(self, made: Transition) -> None:
        """Say nothing."""


class Replay:
    """A breaker of its own under ``config``. Times are ns since the epoch and must not go back."""

    __slots__ = ("_breaker", "_clock", "refused")

    def __init__(self, config: BreakerConfig, at: int = 0) -> None:
        self._clock = _ToldClock()
        self._clock.at = at
        self._breaker = _Silent(config=config, clock=self._clock)
        self.refused = 0

    @property
    def state(self) -> BreakerState:
        """Where it stands now."""
        return self._breaker.state

    def snapshot(self) -> BreakerSnapshot:
        """Its figures; ``transitions`` are the openings and closings so far (the last 256)."""
        return self._breaker.snapshot()

    def successes(self, count: int, at: int, *, slow: bool = False) -> int:
        """``count`` calls that would succeed come at ``at``; returns how many were let in."""
        self._clock.at = at
        admitted = 0
        while admitted < count and (slow or not self._counted(count - admitted, at)):
            permit = self._permit(count - admitted)
            if permit is None:
                return admitted
            permit.success(self._duration(slow))
            admitted += 1
        return count

    def failure(self, at: int, *, slow: bool = False) -> bool:
        """One call that would fail comes at ``at``; returns whether it was let in."""
        self._clock.at = at
        permit = self._permit(1)
        if permit is None:
            return False
        permit.failure(duration=self._duration(slow))
        return True

    def _counted(self, count: int, at: int) -> bool:
        """Fast successes of a closed breaker decide nothing: one addition."""
        period = self._breaker._period
        if period.state.kind is not BreakerState.CLOSED:
            return False
        if at >= period.turn:
            period.rotate(at)
        period.successes += count
        return True

    def _permit(self, wanted: int) -> Permit | None:
        try:
            return self._breaker.acquire()
        except CircuitBreakerOpenError:
            self.refused += wanted
            self._breaker._period.refused += wanted - 1
            return None

    def _duration(self, slow: bool) -> float:
        limit = self._breaker.config.slow_call_duration
        return limit if slow and limit is not None else 0.0
