"""A breaker on a clock that is told the time: it decides as any other, tells nobody, and casts no die."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from .breaker import CircuitBreaker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .enums import BreakerState
    from .events import Transition

    Change = tuple[int, BreakerState, BreakerState]  # when (ns), from, to

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SLACK = 10_000_000  # ns by which a recorded wait may be too short: it was told in milliseconds


class ToldClock:
    """Stands still until it is told the time (ns since the epoch)."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at = 0

    def monotonic_ns(self) -> int:
        """What it was told."""
        return self.at

    def monotonic(self) -> float:
        """The same in seconds."""
        return self.at / 1e9

    def now(self) -> datetime:
        """The same as a time of day."""
        return _EPOCH + timedelta(microseconds=self.at / 1000)

    def sleep(self, _seconds: float) -> None:
        """Nobody waits here."""
        raise RuntimeError("a replay does not wait")

    async def asleep(self, _seconds: float) -> None:
        """Nobody waits here."""
        raise RuntimeError("a replay does not wait")


class Silent(CircuitBreaker):
    """What would have happened is no news: nothing is logged, only noted. No die is cast either."""

    __slots__ = ("changes", "waited")

    changes: list[Change]
    waited: int | None  # how long the recorded breaker stayed open after the call that is told now (ns)

    def _enrol(self) -> None:
        """It is no breaker of this process: nobody finds or overrides it."""

    def _tell(self, made: Transition) -> None:
        """Say nothing."""

    def _announce(self, kind: str, made: Transition) -> Transition:
        """Note it."""
        self.changes.append((self._ns(), made.before, made.after))
        return made

    def _open_wait(self, draw: float) -> int:
        """The wait that was recorded, as far as the spread allows it; without one the middle of the spread."""
        if self.waited is None:
            return super()._open_wait(0.0)
        return min(max(self.waited, super()._open_wait(-1.0) - SLACK), super()._open_wait(1.0))
