"""A retried operation: its counters, the configuration in force for it, and what can be read of it."""

from __future__ import annotations

from . import registry
from .enums import RetryReason
from .fork_safe import give_lock
from .operating import overridden
from .record import Record
from .retry_config import RetryConfig

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from collections.abc import Mapping
    from typing import Any

    from .budget import RetryBudget

DEFAULT_CONFIG = RetryConfig()


class BudgetSnapshot(Record):
    """Tokens in a retry budget, and the most it can save."""

    tokens: float
    capacity: float


class RetrySnapshot(Record):
    """The figures of a retried operation at one moment; ``attempts`` counts calls in all, ``by_reason`` failed ones.

    ``amplification``: attempts that inner retries made before they gave up, per call of this operation.
    """

    operation: str
    service_name: str | None
    attempts: int
    retries: int
    successes_after_retry: int
    gave_up: int
    delay_seconds_total: float
    by_reason: Mapping[str, int]
    amplification: float
    budget: BudgetSnapshot | None


class Operation:
    """What the registry knows of a retry. Counters are bare increments of slots, which the interpreter never splits.

    ``firsts`` counts first attempts that succeeded: all that a call that works adds to. ``whole`` True: calls must go
    through ``Retrier.call`` from their first attempt (a deadline, an attempt time-out, a judged result, a breaker).
    ``plain`` True: the configuration asks for nothing that the short loop of ``lean`` does not know.
    """

    __slots__ = (
        "__weakref__", "_lock", "_merged", "_overrides", "_whole", "budget", "by_reason", "code_config", "config",
        "delay_seconds", "firsts", "gave_up", "inner", "name", "plain", "recovered", "refused", "revision",
        "service_name", "troubled", "whole",
    )  # fmt: skip

    _lock: LockType

    def __init__(
        self,
        name: str,
        service_name: str | None = None,
        config: RetryConfig = DEFAULT_CONFIG,
        *,
        budget: RetryBudget | None = None,
        whole: bool = False,
    ) -> None:
        self.name = name
        self.service_name = service_name
        self.config = self.code_config = config
        self.budget = budget
        self.revision: int | None = None
        self.firsts = self.refused = self.troubled = self.recovered = self.gave_up = self.inner = 0
        self.delay_seconds = 0.0
        self.by_reason: dict[RetryReason, int] | None = None
        give_lock(self)
        self._overrides: dict[str, Any] | None = None
        self._merged: tuple[RetryConfig, RetryConfig] = (config, config)
        self._whole = whole
        self._look_at_config()
        registry.add_operation(self)

    # -- counting ------------------------------------------------------------------------------------------------------

    def count_failure(self, reason: RetryReason) -> None:
        """One failed attempt."""
        counts = self.by_reason
        if counts is None:
            counts = self.begin_counting()
        counts[reason] += 1

    @property
    def failed(self) -> int:
        """Failed attempts: exceptions of all reasons, and values that were refused."""
        return self.refused + sum((self.by_reason or {}).values())

    def begin_counting(self) -> dict[RetryReason, int]:
        """The counts per reason; made with the first failure, once."""
        with self._lock:
            if self.by_reason is None:
                self.by_reason = dict.fromkeys(RetryReason, 0)
            return self.by_reason

    def snapshot(self) -> RetrySnapshot:
        """Everything at one moment, frozen; ``.as_dict()`` gives plain data."""
        calls, failed = self.firsts + self.troubled, self.failed
        budget = self.budget
        reasons = self.by_reason or {}
        return RetrySnapshot(
            operation=self.name,
            service_name=self.service_name,
            attempts=self.firsts + failed + self.recovered,
            retries=max(0, failed + self.recovered - self.troubled),
            successes_after_retry=self.recovered,
            gave_up=self.gave_up,
            delay_seconds_total=self.delay_seconds,
            by_reason={reason.value: count for reason, count in reasons.items() if count},
            amplification=self.inner / calls if calls else 0.0,
            budget=BudgetSnapshot(tokens=budget.balance, capacity=budget.capacity) if budget is not None else None,
        )

    # -- configuration -------------------------------------------------------------------------------------------------

    def must_be_whole(self) -> None:
        """From now on every call goes through ``Retrier.call``."""
        self._whole = self.whole = True

    def check_override(self, fields: Mapping[str, Any]) -> None:
        """Raise ValueError when the console may not set these fields here, or not to these values; changes nothing."""
        if self.code_config.locked:
            raise ValueError(f"operation {self.name!r} is locked in code: the console may not override it")
        overridden(self.code_config, dict(fields))

    def apply_override(self, fields: Mapping[str, Any] | None, revision: int | None) -> None:
        """Put the console's fields over the code's own; None lifts them. Raises as ``check_override``."""
        if fields is not None:
            self.check_override(fields)
        with self._lock:
            self._overrides = dict(fields) if fields else None
            self.revision = revision
            self.config = self._over(self.code_config)
            self._merged = (self.code_config, self.config)
            self._look_at_config()

    def in_force(self, explicit: RetryConfig) -> RetryConfig:
        """An explicit configuration under the console's fields, if there are any and it is not locked."""
        if self._overrides is None or explicit.locked:
            return explicit
        given, merged = self._merged
        if given is not explicit:
            merged = self._over(explicit)
            self._merged = (explicit, merged)
        return merged

    def _over(self, config: RetryConfig) -> RetryConfig:
        fields = self._overrides
        if not fields or config.locked:
            return config
        # The console's word was checked against the code's own configuration; where another one would contradict it
        # (a cap below the base), the console's field stands and the other end gives way.
        wanted = dict(fields)
        if "base_delay" in fields:
            wanted.setdefault("max_delay", max(config.max_delay, fields["base_delay"]))
        elif "max_delay" in fields:
            wanted["base_delay"] = min(config.base_delay, fields["max_delay"])
        return config.replace(**wanted)

    def _look_at_config(self) -> None:
        config = self.config
        self.plain = config.nested == "retry" and not config.reason_limits
        self.whole = self._whole or config.max_elapsed is not None or config.attempt_timeout is not None

    def __repr__(self) -> str:
        """Name and service."""
        return f"<retried operation {self.name!r} of service {self.service_name!r}>"
