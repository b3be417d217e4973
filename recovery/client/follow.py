"""One row per name: what breakers and operations of that name counted, living and gone, since the process started.

Totals on the wire only ever rise. Breakers come and go, several may share a name, and a forked child inherits the
counts of its parent: here that is evened out.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator

from recovery.engine import CircuitBreaker
from recovery.engine.operation import Operation
from recovery.engine.sampling import Sample, counts_of, operation_counts_of, sample, taped_of
from recovery.wire import BreakerSlice, OperationSlice, limits
from recovery.wire.values import State

_ORDER: tuple[State, ...] = ("FORCED-OPEN", "OPEN", "HALF-OPEN", "METRICS-ONLY", "DISABLED", "CLOSED")
Entry = tuple[int, int, int]
_NOTHING: tuple[int, ...] = (0,) * 6


def _plus(left: Iterable[int], right: Iterable[int]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(left, right, strict=True))


def _minus(left: Iterable[int], right: Iterable[int]) -> tuple[int, ...]:
    return tuple(max(0, a - b) for a, b in zip(left, right, strict=True))


def _hist(left: list[int], right: list[int] | None, sign: int = 1) -> list[int]:
    if not right:
        return left
    left = left or [0] * len(right)
    return [max(0, a + sign * b) for a, b in zip(left, right, strict=True)]


class FollowedBreaker:
    """One breaker, its sums at the last look, and what it had counted ``before`` (in a forked child: the parent's)."""

    __slots__ = ("before", "before_hist", "counts", "cursor", "hist", "ref", "sequence", "unlisten")

    def __init__(self, breaker: CircuitBreaker, inherited: bool) -> None:
        self.ref = weakref.ref(breaker)
        self.unlisten = _nothing
        self.before: tuple[int, ...] = _NOTHING
        self.before_hist: list[int] = []
        self.cursor = self.sequence = 0
        if inherited:
            self.rebase(breaker)
        self.counts = self.before
        self.hist: list[int] = list(self.before_hist)

    def rebase(self, breaker: CircuitBreaker) -> None:
        """From here on it counts anew."""
        seen = sample(breaker, taped_of(breaker))
        self.before, self.before_hist = seen.counts, seen.hist or []
        self.counts, self.hist, self.cursor = seen.counts, list(self.before_hist), seen.cursor
        self.sequence = breaker.transitions_after(0)[1]

    def look(self, breaker: CircuitBreaker) -> None:
        """Remember the sums, in case it is gone at the next look."""
        self.counts = counts_of(breaker)


def _nothing() -> None:
    """Nobody listens yet."""


class BreakerRow:
    """All breakers of one name."""

    __slots__ = ("followed", "name", "past", "past_hist", "reported")

    def __init__(self, name: str) -> None:
        self.name = name
        self.followed: list[FollowedBreaker] = []
        self.past: tuple[int, ...] = _NOTHING
        self.past_hist: list[int] = []
        self.reported: tuple[int, ...] = _NOTHING

    def bury(self) -> None:
        """Keep the sums of those that are gone."""
        for gone in [followed for followed in self.followed if followed.ref() is None]:
            self.followed.remove(gone)
            self.past = _plus(self.past, _minus(gone.counts, gone.before))
            self.past_hist = _hist(self.past_hist, _hist(list(gone.hist), gone.before_hist, -1))

    def living(self) -> Iterator[tuple[FollowedBreaker, CircuitBreaker]]:
        """Those that are still there."""
        for followed in self.followed:
            breaker = followed.ref()
            if breaker is not None:
                yield followed, breaker

    def close(self, start: float, now: float) -> BreakerSlice | None:
        """Its part of the slot that ends now; None when it was not called."""
        total, hist = self.past, self.past_hist
        states: list[str] = []
        entries: list[Entry] = []
        lost = 0
        alone = len(self.followed) == 1
        for followed, breaker in self.living():
            seen = sample(breaker, followed.cursor)
            states.append(seen.state.value)
            entries += _placed(seen, _shift(self.past, followed), start, now) if alone else ()
            lost += seen.lost + (0 if alone else len(seen.tape))
            followed.cursor, followed.counts = seen.cursor, seen.counts
            followed.hist = seen.hist or followed.hist
            total = _plus(total, _minus(seen.counts, followed.before))
            hist = _hist(hist, _hist(list(followed.hist), followed.before_hist, -1))
        if total == self.reported:
            return None
        self.reported = total
        lost += max(0, len(entries) - limits.TAPE)
        return BreakerSlice(
            name=self.name,
            state=_worst(states),
            successes=total[0],
            failures=total[1],
            ignored=total[2],
            slow=total[3],
            refused=total[4],
            fallbacks=total[5],
            latency=tuple((bucket, count) for bucket, count in enumerate(hist) if count),
            tape=tuple(entries[-limits.TAPE :]),
            cut=lost > 0,
            lost=lost,
        )


def _shift(past: tuple[int, ...], followed: FollowedBreaker) -> int:
    """From the breaker's own call numbers to those of the row."""
    return past[0] + past[1] - followed.before[0] - followed.before[1]


def _placed(seen: Sample, shift: int, start: float, now: float) -> Iterator[Entry]:
    last = max(0, round((now - start) * 1000))
    for number, at, what in seen.tape:
        offset = round((now - start) * 1000 - (seen.at - at) / 1e6)
        yield max(0, number + shift), min(max(0, offset), last), what


def _worst(states: list[str]) -> State:
    return next((state for state in _ORDER if state in states), "CLOSED")


class FollowedOperation:
    """One operation, as :class:`FollowedBreaker`."""

    __slots__ = ("before", "ref", "seen")

    def __init__(self, operation: Operation, inherited: bool) -> None:
        self.ref = weakref.ref(operation)
        self.seen = operation_counts_of(operation)
        self.before: tuple[tuple[int, ...], float, dict[str, int]] = self.seen if inherited else (_NOTHING, 0.0, {})

    def look(self, operation: Operation) -> None:
        """Remember the sums."""
        self.seen = operation_counts_of(operation)

    def rebase(self, operation: Operation) -> None:
        """From here on it counts anew."""
        self.look(operation)
        self.before = self.seen

    def gained(self) -> tuple[tuple[int, ...], float, dict[str, int]]:
        """What it counted here."""
        counts, delay, reasons = self.seen
        return (
            _minus(counts, self.before[0]),
            max(0.0, delay - self.before[1]),
            {name: count - self.before[2].get(name, 0) for name, count in reasons.items()},
        )


class OperationRow:
    """All operations of one name."""

    __slots__ = ("delay", "followed", "name", "past", "reasons", "reported")

    def __init__(self, name: str) -> None:
        self.name = name
        self.followed: list[FollowedOperation] = []
        self.past: tuple[int, ...] = _NOTHING
        self.delay = 0.0
        self.reasons: dict[str, int] = {}
        self.reported: tuple[int, ...] = _NOTHING

    def bury(self) -> None:
        """Keep the sums of those that are gone."""
        for gone in [followed for followed in self.followed if followed.ref() is None]:
            self.followed.remove(gone)
            self.past, self.delay, self.reasons = self._with(gone, (self.past, self.delay, self.reasons))

    def living(self) -> Iterator[tuple[FollowedOperation, Operation]]:
        """Those that are still there."""
        for followed in self.followed:
            operation = followed.ref()
            if operation is not None:
                yield followed, operation

    def close(self) -> OperationSlice | None:
        """Its part of the slot that ends now; None when it was not called."""
        sums = (self.past, self.delay, self.reasons)
        for followed, operation in self.living():
            followed.look(operation)
            sums = self._with(followed, sums)
        counts, delay, reasons = sums
        if counts == self.reported:
            return None
        self.reported = counts
        return OperationSlice(
            name=self.name,
            calls=counts[0],
            attempts=counts[1],
            retries=counts[2],
            successes_after_retry=counts[3],
            gave_up=counts[4],
            inner=counts[5],
            delay_seconds_total=delay,
            by_reason={name: count for name, count in reasons.items() if count > 0},
        )

    @staticmethod
    def _with(
        followed: FollowedOperation, sums: tuple[tuple[int, ...], float, dict[str, int]]
    ) -> tuple[tuple[int, ...], float, dict[str, int]]:
        counts, delay, reasons = followed.gained()
        merged = {name: sums[2].get(name, 0) + reasons.get(name, 0) for name in sums[2] | reasons}
        return _plus(sums[0], counts), sums[1] + delay, merged
