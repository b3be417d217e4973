"""How often, how far apart and how long: the configuration of a retry."""

from __future__ import annotations

from .config import Config, field
from .enums import RetryReason
from .fields import Field
from .figures import FrozenDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

_NO_ENTRIES: Any = FrozenDict()


class RetryConfig(Config):
    """Configuration of a retry; every number in it counts calls or seconds."""

    max_attempts: int = field(default=3, kind="int", low=1, unit="calls", help="Calls in all, the first one included.")
    base_delay: float = field(default=1.0, low=0, unit="s", help="Wait before the first retry.")
    max_delay: float = field(default=300.0, low=0, unit="s", help="No wait is ever longer; at least base_delay.")
    jitter: bool | str = field(
        default=True, kind="bool", choices=("full", "decorrelated"),
        help="Spread of the waits: ±10 %, full or decorrelated.",
    )  # fmt: skip
    exponential_base: float = field(default=2.0, low=1, help="Each wait is this many times the one before.")
    failure_threshold: int = field(
        default=5, kind="int", low=1, unit="failures",
        help="CircuitBreakerStrategy: failures in a row that open its breaker.",
    )  # fmt: skip
    recovery_timeout: float = field(
        default=60.0, low=0, unit="s", help="CircuitBreakerStrategy: how long its breaker stays open before a probe."
    )
    max_elapsed: float | None = field(
        default=None, low=0, above=True, nullable=True, unit="s", kw_only=True,
        help="No retry starts and no wait goes on past this.",
    )  # fmt: skip
    attempt_timeout: float | None = field(
        default=None, low=0, above=True, nullable=True, unit="s", kw_only=True,
        help="Each attempt is cancelled after this (async only).",
    )  # fmt: skip
    reason_factors: Mapping[RetryReason, float] = field(
        default=_NO_ENTRIES, kind="map", keys=RetryReason, kw_only=True,
        value=Field(default=1.0, low=0, help="multiplier"), help="Reason -> multiplier of the wait.",
    )  # fmt: skip
    reason_limits: Mapping[RetryReason, int] = field(
        default=_NO_ENTRIES, kind="map", keys=RetryReason, kw_only=True,
        value=Field(default=0, kind="int", low=0, help="retries"), help="Reason -> most retries because of it.",
    )  # fmt: skip
    nested: str = field(
        default="retry", kind="choice", choices=("retry", "stop"), kw_only=True,
        help="What to do with an exception that an inner retry gave up on.",
    )  # fmt: skip
    locked: bool = field(default=False, kind="bool", kw_only=True, help="True: the console may not override this.")

    @classmethod
    def _across(cls, values: dict[str, Any]) -> dict[str, str]:
        low, high = values.get("base_delay"), values.get("max_delay")
        if low is not None and high is not None and high < low:
            return {"max_delay": f"max_delay must be >= base_delay ({low!r}), got {high!r}"}
        return {}

    @classmethod
    def development(cls) -> Self:
        """3 calls, 0.5 s growing to 10 s, jitter."""
        return cls(max_attempts=3, base_delay=0.5, max_delay=10.0, jitter=True)

    @classmethod
    def production(cls) -> Self:
        """5 calls, 2 s growing to 300 s, jitter; breaker: 5 failures, 120 s."""
        return cls(
            max_attempts=5, base_delay=2.0, max_delay=300.0, jitter=True, failure_threshold=5, recovery_timeout=120.0
        )

    @classmethod
    def testing(cls) -> Self:
        """3 calls, 10 ms growing to 0.1 s, no jitter."""
        return cls(max_attempts=3, base_delay=0.01, max_delay=0.1, jitter=False)
