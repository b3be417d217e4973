"""A breaker as plain, frozen data."""

from __future__ import annotations

from .figures import Figures
from .history import COUNTERS
from .period import BUCKETS
from .record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from .breaker_config import BreakerConfig
    from .enums import BreakerState
    from .events import Hold, LastFailure, Transition
    from .reading import Reading

BOUNDS = tuple((1 << i) / 1e9 for i in range(BUCKETS))  # upper bounds in s; the last bucket is open


class BreakerSnapshot(Record):
    """Everything to know about a breaker at one moment; ``as_dict()`` is JSON-ready.

    Groups of figures are read by key or by attribute: ``totals["calls"]``, ``totals.calls``.
    """

    name: str | None
    service_name: str | None
    state: BreakerState
    since: datetime
    cause: str
    sequence: int
    config: BreakerConfig
    config_source: str
    hold: Hold | None
    retry_after: float | None
    window: Figures
    consecutive_failures: int
    totals: Figures
    latency: Figures | None
    percentiles: Figures | None
    last_failure: LastFailure | None
    half_open: Figures
    recoveries: Figures
    transitions: tuple[Transition, ...]
    dropped_events: int


def snapshot_of(breaker: Reading) -> BreakerSnapshot:
    """Read a breaker under its lock; changes nothing and emits nothing."""
    at = breaker._ns()
    with breaker._lock:
        period, history = breaker._period, breaker._history
        hist = _merged(history.hist if history else None, period.hist) if breaker._timed else None
        return BreakerSnapshot(
            name=breaker.name,
            service_name=breaker.service_name,
            state=period.state.kind,
            since=breaker._since,
            cause=history.ring[-1].cause if history and history.ring else "",
            sequence=history.sequence if history else 0,
            config=breaker._config,
            config_source=breaker._config_source,
            hold=period.state.span.hold if period.state.span else None,
            retry_after=period.state.wait(period, max(at, period.seen)),
            window=Figures(_window(breaker, at)),
            consecutive_failures=breaker.failures,
            totals=Figures(totals_of(breaker)),
            latency=Figures(bounds=list(BOUNDS), counts=hist) if hist is not None else None,
            percentiles=Figures(percentiles(hist)) if hist is not None else None,
            last_failure=breaker.last_failure,
            half_open=Figures(_half_open(breaker)),
            recoveries=Figures(_recoveries(breaker)),
            transitions=tuple(history.ring) if history else (),
            dropped_events=breaker._dropped_events(),
        )


def totals_of(breaker: Reading) -> dict[str, int]:
    """Calls settled in their own period, plus refused ones, since the breaker was made."""
    past = breaker._history.totals if breaker._history else dict.fromkeys(COUNTERS, 0)
    sums = {name: past[name] + getattr(breaker._period, name) for name in COUNTERS}
    calls = sums["successes"] + sums["failures"] + sums["ignored"] + sums["refused"]
    return {"calls": calls} | sums


def _window(breaker: Reading, at: int) -> dict[str, Any]:
    state, config = breaker._period.state, breaker._config
    calls, failures, slow = state.tally.figures(*breaker._period.tallied(), at)
    enough = calls >= config.least_calls
    return {
        "kind": config.window,
        "calls": calls,
        "failures": failures,
        "slow": slow,
        "failure_rate": failures * 100 / calls if enough else None,
        "slow_rate": slow * 100 / calls if enough else None,
    }


def _half_open(breaker: Reading) -> dict[str, int]:
    state = breaker._period.state
    return {
        "permits": breaker._config.half_open_permits,
        "in_flight": len(getattr(state, "in_flight", ())),
        "successes": getattr(state, "successes", 0),
    }


def _recoveries(breaker: Reading) -> dict[str, Any]:
    history = breaker._history
    if history is None or not history.recovered or history.recovered_last is None:
        return {"count": 0, "mean_seconds": None, "last_seconds": None}
    return {
        "count": history.recovered,
        "mean_seconds": history.recovered_sum / history.recovered / 1e9,
        "last_seconds": history.recovered_last / 1e9,
    }


def _merged(past: list[int] | None, present: list[int] | None) -> list[int]:
    if past is None or present is None:
        return list(past or present or [0] * BUCKETS)
    return [a + b for a, b in zip(past, present, strict=True)]


def percentiles(hist: list[int]) -> dict[str, float | None]:
    """p50, p95, p99 in seconds, interpolated linearly within a bucket; None when nothing was measured."""
    return {f"p{p}": percentile(hist, p) for p in (50, 95, 99)}


def percentile(hist: list[int], p: float) -> float | None:
    """The ``p``-th percentile (s) of a histogram with the bounds of :data:`BOUNDS`."""
    calls = sum(hist)
    if not calls:
        return None
    rank = calls * p / 100
    below = 0
    for bucket, count in enumerate(hist):
        if count and below + count >= rank:
            low = BOUNDS[bucket - 1] if bucket else 0.0
            return low + (BOUNDS[bucket] - low) * max(0.0, rank - below) / count
        below += count
    return BOUNDS[-1]
