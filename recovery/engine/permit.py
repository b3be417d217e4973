"""The right to make one call, to be settled exactly once."""

from __future__ import annotations

from .clock import ns_of
from .fields import is_number
from .outcome import FAILURE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .period import Period

UNMEASURED = -1


class Permit:
    """What ``breaker.acquire()`` gives: settle it by ``success``, ``failure`` or ``release``; more does nothing."""

    __slots__ = ("_begun", "_period", "_settled")

    def __init__(self, period: Period, begun: int) -> None:
        self._period = period
        self._begun = begun
        self._settled = False

    def claim(self) -> bool:
        """Whether this settling is the first (the caller holds the breaker's lock)."""
        first, self._settled = not self._settled, True
        return first

    @property
    def alive(self) -> bool:
        """Whether the period that this call was let in during still goes on and the permit is not settled."""
        return not self._settled and self._period.breaker._period is self._period

    @property
    def counts(self) -> bool:
        """Whether settling it now counts in the totals."""
        return self.alive and self._period.state.counts

    def success(self, duration: float | None = None) -> None:
        """The call succeeded, after ``duration`` seconds (None: since ``acquire``, where durations are measured)."""
        at = self._period.breaker._ns()
        self._period.passed(self, self._took(duration, at), at)

    def failure(self, exc: BaseException | None = None, duration: float | None = None) -> int:
        """The call failed with ``exc``, which the breaker's rules may still call a success or neutral.

        Returns the outcome: 0 neutral, 1 success, 2 failure.
        """
        period = self._period
        at = period.breaker._ns()
        took = self._took(duration, at)
        outcome = FAILURE if exc is None else period.breaker._judge(exc)
        if outcome == FAILURE:
            period.failure(exc, took, at, self)
        elif not isinstance(exc, BaseException):  # a text or a class: taken as neutral, it would never open anything
            raise TypeError(f"failure() takes the exception object, or None, got {exc!r}")
        else:
            period.no_failure(outcome, None if took is None else at - took, self)
        return outcome

    def release(self) -> None:
        """Give it back without an outcome."""
        self._period.neutral(self)

    def attempt_failed(self, exc: BaseException) -> None:
        """One attempt of a retry under this permit failed and another follows (``record_attempts`` counts it)."""
        period = self._period
        if period.breaker._record_attempts and not self._settled and period.breaker._judge(exc) == FAILURE:
            period.failure(exc, None, period.breaker._ns(), None)

    def _took(self, duration: float | None, at: int) -> int | None:
        if duration is not None:
            if not is_number(duration) or not 0 <= duration < float("inf"):
                raise ValueError(f"duration must be a finite number of seconds >= 0, got {duration!r}")
            return ns_of(duration)
        return at - self._begun if self._begun != UNMEASURED else None
