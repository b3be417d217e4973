"""When a breaker opens, how long it stays open and how it comes back: its configuration."""

from __future__ import annotations

from types import MappingProxyType

from .config import Config, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self


class BreakerConfig(Config):
    """Configuration of a circuit breaker. ``reset_timeout`` is another name of ``recovery_timeout``."""

    failure_threshold: int | None = field(
        default=5, kind="int", low=1, nullable=True, unit="failures",
        help="Failures in a row that open the breaker; None: off.",
    )  # fmt: skip
    failure_rate: float | None = field(
        default=None, low=0, high=100, above=True, nullable=True, unit="%",
        help="Share of failures in the window that opens it.",
    )  # fmt: skip
    slow_call_rate: float | None = field(
        default=None, low=0, high=100, above=True, nullable=True, unit="%",
        help="Share of slow calls in the window that opens it (slow_call_duration says what is slow).",
    )  # fmt: skip
    slow_call_duration: float | None = field(
        default=None, low=0, above=True, nullable=True, unit="s", help="A call that takes this long or longer is slow."
    )
    window: str = field(
        default="count", kind="choice", choices=("count", "time"), help="What the rates look at: calls or seconds."
    )
    window_size: int = field(
        default=100, kind="int", low=1, unit="calls or s", help="The last so many calls, or seconds."
    )
    minimum_calls: int = field(default=10, kind="int", low=1, unit="calls", help="No rate is judged on fewer calls.")
    recovery_timeout: float = field(
        default=60.0, low=0, unit="s", help="How long it stays open before a probe is let in."
    )
    recovery_growth: float = field(default=1.0, low=1, help="Each opening in a row waits this many times longer.")
    recovery_timeout_max: float = field(
        default=3600.0, low=0, unit="s", help="The longest that growth may make the wait."
    )
    recovery_jitter: float = field(
        default=0.0, low=0, high=1, help="Spread of the wait, as a share of it to either side."
    )
    half_open_permits: int = field(
        default=1, kind="int", low=1, unit="calls", help="Probes in flight at once while half-open."
    )
    half_open_successes: int = field(
        default=1, kind="int", low=1, unit="calls", help="Successful probes that close it."
    )
    half_open_max_wait: float | None = field(
        default=None, low=0, above=True, nullable=True, unit="s",
        help="A probe that hangs longer is reclaimed; None: recovery_timeout, at least 1 s.",
    )  # fmt: skip
    open_on_retry_after: bool = field(
        default=False, kind="bool", help="A failure with Retry-After opens it for that long."
    )
    locked: bool = field(default=False, kind="bool", help="True: the console may not override this.")

    _ALIASES = MappingProxyType({"reset_timeout": "recovery_timeout"})

    @property
    def reset_timeout(self) -> float:
        """``recovery_timeout`` by its other name (s)."""
        return self.recovery_timeout

    @property
    def probe_wait(self) -> float:
        """How long a probe may hang (s): ``half_open_max_wait``, else ``recovery_timeout``, at least 1 s."""
        return self.half_open_max_wait if self.half_open_max_wait is not None else max(1.0, self.recovery_timeout)

    def open_wait(self, openings: int = 1, draw: float = 0.0) -> float:
        """How long the so-manieth opening in a row lasts (s): timeout x growth^(openings - 1), capped, spread by jitter
        (``draw`` in [-1, 1]), never above the cap.
        """
        cap = max(self.recovery_timeout_max, self.recovery_timeout)
        try:
            wait = min(cap, self.recovery_timeout * self.recovery_growth ** max(0, openings - 1))
        except OverflowError:
            wait = cap
        return min(cap, wait * (1 + self.recovery_jitter * draw))

    @property
    def least_calls(self) -> int:
        """``minimum_calls``, or the window where a count window is smaller."""
        return min(self.minimum_calls, self.window_size) if self.window == "count" else self.minimum_calls

    @classmethod
    def development(cls) -> Self:
        """The defaults."""
        return cls()

    @classmethod
    def production(cls) -> Self:
        """5 failures in a row, 120 s."""
        return cls(failure_threshold=5, recovery_timeout=120.0)

    @classmethod
    def testing(cls) -> Self:
        """The defaults."""
        return cls()
