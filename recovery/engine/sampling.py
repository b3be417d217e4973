"""What the client reads of a breaker once a second: sums, without building a whole snapshot."""

from __future__ import annotations

from .history import COUNTERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .breaker import CircuitBreaker
    from .breaker_config import BreakerConfig
    from .enums import BreakerState
    from .operation import Operation

    Tape = list[tuple[int, int, int]]

__all__ = [
    "COUNTERS",
    "OPERATION_COUNTERS",
    "Sample",
    "code_config_of",
    "counts_of",
    "operation_counts_of",
    "sample",
    "taped_of",
]

OPERATION_COUNTERS = ("calls", "attempts", "retries", "successes_after_retry", "gave_up", "inner")


class Sample:
    """Totals since the breaker was made (in the order of ``COUNTERS``), its histogram, and its tape since a cursor."""

    __slots__ = ("at", "counts", "cursor", "hist", "lost", "state", "tape")

    def __init__(
        self,
        state: BreakerState,
        counts: tuple[int, ...],
        hist: list[int] | None,
        tape: tuple[Tape, int, int],
        at: int,
    ) -> None:
        self.state = state
        self.counts = counts
        self.hist = hist  # None: durations are not measured
        self.tape, self.cursor, self.lost = tape
        self.at = at  # the breaker's clock (ns), which the times of the tape are on


def sample(breaker: CircuitBreaker, cursor: int = 0) -> Sample:
    """Everything of one moment: no number of the tape is above successes + failures. Changes nothing, emits nothing."""
    with breaker._lock:
        period, history = breaker._period, breaker._history
        tape = breaker.tape_after(cursor)  # before the counters: a failure without the lock counts first, then tapes
        return Sample(
            period.state.kind,
            counts_of(breaker),
            _histogram(history.hist if history else None, period.hist) if breaker._timed else None,
            tape,
            breaker._ns(),
        )


def counts_of(breaker: CircuitBreaker) -> tuple[int, ...]:
    """Totals since the breaker was made, in the order of ``COUNTERS``."""
    with breaker._lock:
        period, history = breaker._period, breaker._history
        present = (
            period.successes, period.failures, period.ignored, period.slow, period.refused, period.fallbacks,
        )  # fmt: skip
        if history is None:
            return present
        past = history.totals
        return tuple(past[name] + count for name, count in zip(COUNTERS, present, strict=True))


def taped_of(breaker: CircuitBreaker) -> int:
    """The cursor at which the tape stands now."""
    with breaker._lock:
        period = breaker._period
        return period.taped + period.failures + period.slow_successes


def code_config_of(breaker: CircuitBreaker) -> tuple[BreakerConfig, str, int | None]:
    """What the code says, where that comes from ("code", "default"), and the revision of the override in force."""
    with breaker._lock:
        return breaker._code_config, breaker._source, breaker._revision


def operation_counts_of(operation: Operation) -> tuple[tuple[int, ...], float, dict[str, int]]:
    """Totals since the operation was made (``OPERATION_COUNTERS``), seconds waited, and failed attempts by reason."""
    failed, recovered, troubled = operation.failed, operation.recovered, operation.troubled
    firsts = operation.firsts
    counts = (
        firsts + troubled,
        firsts + failed + recovered,
        max(0, failed + recovered - troubled),
        recovered,
        operation.gave_up,
        operation.inner,
    )
    by_reason = operation.by_reason or {}
    return counts, operation.delay_seconds, {reason.value: n for reason, n in by_reason.items() if n}


def _histogram(past: list[int] | None, present: list[int] | None) -> list[int]:
    if past is None or present is None:
        return list(past or present or ())
    return [a + b for a, b in zip(past, present, strict=True)]
