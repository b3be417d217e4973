"""Retry budgets: retries in proportion to first attempts, so that an outage is not multiplied.

After Twitter's Finagle (``RetryBudget``): each first attempt earns a share of a retry, and a small reserve per second
lets quiet services retry at all.
"""

from __future__ import annotations

from .clock import checked_clock
from .fork_safe import give_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from _thread import LockType
    from typing import Any

    from .clock import Clock

_SAVED_SECONDS = 10.0  # of the reserve
_SAVED_TOKENS = 1000.0  # of what first attempts earned: a quiet month must not pay for a storm
_NEARLY = 1e-9  # ten tenths are one token, whatever binary fractions say


class RetryBudget:
    """Tokens that retries cost: one each. First attempts are never blocked, they only earn.

    ``ratio``: tokens per first attempt (0.1: one retry for ten calls; at most 1,000 saved). ``reserve``: tokens per
    second beside that (at most 10 s of it saved, and there from the start). Safe to share between threads and tasks.
    Raises ValueError when either is negative or not finite.
    """

    __slots__ = (
        "__weakref__", "_clock", "_earned", "_filled_at", "_firsts", "_lock", "_reserve", "_seen", "ratio", "reserve",
    )  # fmt: skip

    _lock: LockType

    def __init__(self, ratio: float = 0.1, reserve: float = 1.0, *, clock: Clock | None = None) -> None:
        self.ratio = _amount("ratio", ratio)
        self.reserve = _amount("reserve", reserve)
        self._clock = checked_clock(clock)
        give_lock(self)
        self._firsts = self._seen = 0
        self._earned = 0.0
        self._reserve = self.reserve * _SAVED_SECONDS
        self._filled_at = self._clock.monotonic()

    def deposit(self) -> None:
        """Count a first attempt; it earns ``ratio`` tokens. No lock: an increment of a slot is atomic."""
        self._firsts += 1

    def withdraw(self) -> bool:
        """Take one token for a retry; False when there is none (then the retry must not be made)."""
        with self._lock:
            self._collect_needs_lock()
            if self._earned + self._reserve + _NEARLY < 1.0:
                return False
            from_reserve = min(1.0, self._reserve)
            self._reserve -= from_reserve
            self._earned = max(0.0, self._earned - (1.0 - from_reserve))
            return True

    def refund(self) -> None:
        """Give one token back: the retry that it paid for was not made."""
        with self._lock:
            self._collect_needs_lock()
            back = min(1.0, self.reserve * _SAVED_SECONDS - self._reserve)
            self._reserve += back
            self._earned = min(self._most_earned, self._earned + 1.0 - back)

    @property
    def balance(self) -> float:
        """Tokens there are now; never negative."""
        with self._lock:
            self._collect_needs_lock()
            return self._earned + self._reserve

    @property
    def capacity(self) -> float:
        """The most tokens that can be saved."""
        return self._most_earned + self.reserve * _SAVED_SECONDS

    @property
    def _most_earned(self) -> float:
        return _SAVED_TOKENS if self.ratio else 0.0

    def _collect_needs_lock(self) -> None:
        firsts, now = self._firsts, self._clock.monotonic()
        self._earned = min(self._most_earned, self._earned + (firsts - self._seen) * self.ratio)
        self._seen = firsts
        passed = max(0.0, now - self._filled_at)  # a clock that steps back earns nothing, and loses nothing
        self._filled_at = now
        self._reserve = min(self.reserve * _SAVED_SECONDS, self._reserve + passed * self.reserve)

    def __repr__(self) -> str:
        """Ratio, reserve and balance."""
        return f"RetryBudget(ratio={self.ratio!r}, reserve={self.reserve!r}, balance={self.balance:.3g})"


def _amount(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < float("inf"):
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}")
    return float(value)


def checked_budget(budget: Any) -> Any:
    """``budget``, if it has what a budget needs. Raises TypeError that names what it lacks."""
    if budget is None or isinstance(budget, RetryBudget):
        return budget
    if missing := [name for name in ("deposit", "withdraw", "refund") if not callable(getattr(budget, name, None))]:
        raise TypeError(f"{type(budget).__name__} is no retry budget: it lacks {', '.join(missing)}")
    return budget


_MOST_SERVICES = 1024  # service names may come from contexts; past this they share one budget


class _Shared:
    """The budgets of the process, one per service."""

    __slots__ = ("__weakref__", "_lock", "budgets")
    _lock: LockType

    def __init__(self) -> None:
        self.budgets: dict[str | None, RetryBudget] = {}
        give_lock(self)

    def of(self, service_name: str | None) -> RetryBudget:
        """The budget of one service."""
        with self._lock:
            budgets = self.budgets
            key = service_name if service_name in budgets or len(budgets) < _MOST_SERVICES else None
            if key not in budgets:
                budgets[key] = RetryBudget()
            return budgets[key]


_shared = _Shared()


def shared_budget(service_name: str | None) -> RetryBudget:
    """The process's budget of one service, RetryBudget(0.1, 1.0), made when first asked for."""
    return _shared.of(service_name)
