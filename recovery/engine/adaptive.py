"""AdaptiveStrategy: waits longer while few attempts succeed, shorter while nearly all do."""

from __future__ import annotations

from array import array

from . import backoff
from .budget import shared_budget
from .clock import SYSTEM_CLOCK
from .fields import Field
from .fork_safe import give_lock
from .strategies import StockStrategy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType

    from .budget import RetryBudget
    from .clock import Clock
    from .enums import ErrorCategory, RetryReason
    from .retry_config import RetryConfig

OLDEST = 600.0  # s: older samples say nothing about now
FEWEST = 10  # samples: fewer say nothing at all
_SIZE = Field(default=50, kind="int", low=1, unit="attempts", help="How many attempts it looks at.")
_THRESHOLD = Field(default=0.7, low=0, above=True, high=1, help="The success rate at which the multiplier is 1.")
_SIZE.name, _THRESHOLD.name = "window_size", "success_threshold"


def multiplier(successes: int, samples: int, threshold: float) -> float:
    """8**((T - r) / T) below the threshold T, 0.5**((r - T) / (1 - T)) above, r the success rate: 8 down to 0.5."""
    if samples < FEWEST:
        return 1.0
    rate = successes / samples
    if rate < threshold:
        return float(8.0 ** ((threshold - rate) / threshold))
    return float(0.5 ** ((rate - threshold) / (1.0 - threshold))) if rate > threshold else 1.0


class SampleWindow:
    """The last ``size`` outcomes with their times: a ring of 9 bytes per sample, O(1) per attempt."""

    __slots__ = ("__weakref__", "_clock", "_count", "_good", "_lock", "_next", "_successes", "_times", "size")

    _lock: LockType

    def __init__(self, size: int, clock: Clock) -> None:
        self.size = size
        self._clock = clock
        give_lock(self)
        self._times = array("d", bytes(8 * size))
        self._good = bytearray(size)
        self._next = self._count = self._successes = 0

    def add(self, success: bool) -> None:
        """One outcome, now."""
        now = self._clock.monotonic()
        with self._lock:
            if self._count == self.size:
                self._drop_needs_lock()
            self._times[self._next] = now
            self._good[self._next] = success
            self._next = (self._next + 1) % self.size
            self._count += 1
            self._successes += success

    def read(self) -> tuple[int, int]:
        """(successes, samples) of the window, without what is too old. A sample expires once: this too is O(1)."""
        now = self._clock.monotonic()
        with self._lock:
            while self._count and now - self._times[self._next - self._count] > OLDEST:
                self._drop_needs_lock()
            return self._successes, self._count

    def _drop_needs_lock(self) -> None:
        self._successes -= self._good[self._next - self._count]  # a negative index counts from the ring's end
        self._count -= 1


class AdaptiveStrategy(StockStrategy):
    """Exponential, times a multiplier between 0.5 and 8 that follows the success rate of the last attempts.

    ``window_size``: how many attempts it looks at (>= 1; samples older than 600 s do not count, fewer than 10 mean 1);
    ``success_threshold``: the rate in (0, 1] at which the multiplier is 1. ``budget`` None: the one that the whole
    process shares for the service. Raises ValueError for either out of range.
    """

    listens = True

    def __init__(
        self,
        config: RetryConfig | None = None,
        window_size: int = 50,
        success_threshold: float = 0.7,
        *,
        budget: RetryBudget | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(config, budget=budget, clock=clock)
        if problem := _SIZE.problem(window_size) or _THRESHOLD.problem(success_threshold):
            raise ValueError(f"AdaptiveStrategy: {problem}")
        self.window_size = window_size
        self.success_threshold = success_threshold
        self._window = SampleWindow(window_size, self.clock or SYSTEM_CLOCK)

    @property
    def multiplier(self) -> float:
        """What the exponential wait is multiplied by now."""
        successes, samples = self._window.read()
        return multiplier(successes, samples, self.success_threshold)

    def record_attempt(self, success: bool, reason: RetryReason | None = None) -> None:
        """Count one attempt and let it into the window."""
        super().record_attempt(success, reason)
        self._window.add(bool(success))

    def _delay(self, attempt: int, reason: RetryReason | None, _category: ErrorCategory, config: RetryConfig) -> float:
        return backoff.exponential(attempt, reason, config, self.multiplier)

    def budget_for(self, service_name: str | None) -> RetryBudget | None:
        """Its own, else the one the process shares for the service."""
        return self.budget if self.budget is not None else shared_budget(service_name)
