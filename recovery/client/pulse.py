"""The present, while somebody watches: rates over the last second, windows, countdowns."""

from __future__ import annotations

from collections.abc import Collection

from recovery.engine import CircuitBreaker
from recovery.engine.sampling import sample
from recovery.engine.snapshot import percentile
from recovery.wire import BreakerPulse, Pulse

from .follow import BreakerRow
from .sampler import Sampler

_Seen = tuple[tuple[int, ...], list[int]]


class Pulses:
    """Remembers the last second. What is closed and idle is left out; a page knows it from the slices."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._before: dict[str, _Seen] = {}
        self._at = 0.0

    def forget(self) -> None:
        """Nobody watches any more."""
        self._before = {}

    def take(self, now: float, names: Collection[str]) -> Pulse:
        """The pulse of these breakers (none named: of all)."""
        passed, self._at = now - self._at, now
        rows = self._sampler.breakers.values() if not names else _rows(self._sampler, names)
        before, self._before = self._before, {}
        found = (self._of(row, before.get(row.name), passed) for row in rows)
        return Pulse(clock=now, breakers=tuple(each for each in found if each is not None))

    def _of(self, row: BreakerRow, before: _Seen | None, passed: float) -> BreakerPulse | None:
        living = [breaker for _, breaker in row.living()]
        if not living:
            return None
        counts, hist = _sums(living)
        self._before[row.name] = (counts, hist)
        if before is None:
            return None  # rates need two looks: a first zero would be taken for one
        past, past_hist = before
        gained = [max(0, a - b) for a, b in zip(counts, past, strict=True)]
        if not any(gained) and all(breaker.state == "CLOSED" for breaker in living):
            return None
        seconds = max(passed, 0.1)
        seen = max((breaker.snapshot() for breaker in living), key=lambda each: each.consecutive_failures)
        fresh = [max(0, a - b) for a, b in zip(hist, past_hist, strict=False)]
        return BreakerPulse(
            name=row.name,
            state=seen.state.value,
            calls=(gained[0] + gained[1] + gained[2] + gained[4]) / seconds,
            failures=gained[1] / seconds,
            refused=gained[4] / seconds,
            window=(seen.window["calls"], seen.window["failures"], seen.window["slow"]),
            streak=seen.consecutive_failures,
            retry_after=max(0.0, seen.retry_after) if seen.retry_after is not None else None,
            in_flight=seen.half_open["in_flight"],
            probed=seen.half_open["successes"],
            p95=percentile(fresh, 95) if any(fresh) else None,
        )


def _rows(sampler: Sampler, names: Collection[str]) -> list[BreakerRow]:
    return [row for name in names if (row := sampler.breakers.get(name)) is not None]


def _sums(living: list[CircuitBreaker]) -> _Seen:
    seen = [sample(breaker, 1 << 62) for breaker in living]
    counts = tuple(map(sum, zip(*(each.counts for each in seen), strict=True)))
    hists = [each.hist for each in seen if each.hist]
    return counts, [sum(column) for column in zip(*hists, strict=True)] if hists else []
