"""One stay in one state: the counters that calls touch, and what they do when a call did not simply succeed.

A wrapper reads the breaker's period once per call and settles in that same object. When the state changes meanwhile the
period is dead: whatever a late call adds to it reaches nobody. Successes are counted without a lock, which CPython's
GIL makes exact: between reading and writing a slot nothing can let another thread run (checked by a test).
"""

from __future__ import annotations

import sys

from . import sinks
from .outcome import FAILURE, NEUTRAL, UNCOMMON, default_outcome
from .window import NEVER, CountWindow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .changing import Changing
    from .errors import CircuitBreakerOpenError
    from .events import LastFailure
    from .permit import Permit
    from .states import State
    from .tally import Tally

# How a wrapper lets a call in, cheapest first.
PLAIN = 0  # count only
TIMED = 1  # count, time, histogram
SHUT = 2  # refuse until the deadline
ASK = 3  # ask the state, under the lock

BUCKETS = 43  # bucket i holds durations of i bits of nanoseconds: up to 2**41 ns (36 min), the last one all beyond
LONGEST = 1 << (BUCKETS - 2)
GIL = bool(getattr(sys, "_is_gil_enabled", lambda: True)())
FAILED, SLOW, FAILED_SLOWLY = 1, 2, 3  # what the outcome tape says of a call
_LONG = 2000  # characters kept of a text until it is read
UNREADABLE = "<its text cannot be read>"


class Period:
    """Counters of one stay in one state."""

    __slots__ = (
        "base", "breaker", "deadline", "error", "failures", "fallbacks", "gate", "hist", "ignored", "known", "lean",
        "limit", "refused", "seen", "slow", "slow_successes", "state", "successes", "taped", "turn",
    )  # fmt: skip

    breaker: Changing
    error: type[CircuitBreakerOpenError]
    hist: list[int] | None

    def __init__(self, breaker: Changing, state: State, at: int) -> None:
        self.breaker = breaker
        self.state = state
        self.base = 0  # successes and failures before this period: the tape numbers calls from there
        self.successes = self.failures = self.ignored = self.slow = self.refused = self.fallbacks = 0
        self.slow_successes = 0
        self.taped = 0  # entries put on the tape before this period
        self.hist = None
        self.limit = LONGEST  # a duration from here on (ns) takes the slow path
        self.turn = NEVER  # an end from here on (ns) takes the slow path
        self.seen = at  # the latest time (ns) that a refusal saw: a clock that steps back is noticed by it
        self.deadline = 0
        self.gate = ASK
        self.known: type | None = None  # the class of the last failure, where classes alone decide
        self.lean = False  # a failure may be counted without the lock
        state.enter(self, at)

    # -- settling: a call that this period let in came back ------------------------------------------------------------

    def raised(self, exc: BaseException, begun: int | None = None) -> int:
        """A call let in without a permit raised; it began at ``begun`` (ns, None: not measured). Returns the outcome.

        One flat function on purpose. What must stay together stands between the two marks: CPython lets another thread
        run only at function entries, backward jumps and after calls, and there is none of them, so no lock is needed.
        """
        breaker = self.breaker
        cls = type(exc)
        if cls is not self.known or begun is not None:
            return self._raised_otherwise(exc, begun)
        try:
            text = str(exc)
        except Exception:
            text = UNREADABLE
        if len(text) > _LONG:
            text = text[:_LONG]
        at = breaker._ns()
        tape, tally = breaker._tape, self.state.tally
        offset = tally.offset
        if breaker._period is not self:  # -- together from here
            return FAILURE
        failures = self.failures = self.failures + 1
        successes = self.successes
        if successes == tally.mark:
            streak = tally.streak = tally.streak + 1
        else:
            streak = tally.streak = 1
            tally.mark = successes
        breaker._last = (cls, text, at)
        tape.append((self.base + successes + failures, at, FAILED))  # type: ignore[union-attr]  # known: so it is there
        # -- to here
        if tally.noted:
            self._reconsider(at, offset + successes + failures)
        elif streak >= tally.threshold:
            self._reconsider(at, None)
        return FAILURE

    def _raised_otherwise(self, exc: BaseException, begun: int | None) -> int:
        """The first failure of its class, one that is measured, or one that a rule has to judge."""
        breaker = self.breaker
        outcome = breaker._judge(exc)
        if outcome != FAILURE:
            self.no_failure(outcome, begun, None)
            return outcome
        at = breaker._ns()
        self.failure(exc, None if begun is None else at - begun, at, None)
        if self.lean and breaker._judge is default_outcome and not isinstance(exc, UNCOMMON):
            self.known = type(exc)  # judged by its class alone: the next one of it takes the short way
        return FAILURE

    def _reconsider(self, at: int, number: int | None) -> None:
        breaker = self.breaker
        with breaker._lock:
            if number is not None:  # also when this period ended a moment ago: the window may have been kept
                self.state.tally.late_note(number)
            if breaker._period is not self:
                return
            move = self.state.crossed(self, at)
            told = breaker._become(move, at) if move is not None else None
        if told is not None:
            breaker._tell(told)

    def failure(self, exc: BaseException | None, duration: int | None, at: int, permit: Permit | None) -> None:
        """Record a failure under the lock (``exc`` None: a returned value that counts as one). Times are in ns."""
        breaker, state = self.breaker, self.state
        kept = (FailedResult, "the returned value counts as a failure") if exc is None else (type(exc), described(exc))
        with breaker._lock:
            if breaker._period is not self or (permit is not None and not permit.claim()) or not state.counts:
                return
            if at >= self.turn:
                self.rotate(at)
            slow = duration is not None and self._measure(duration)
            failures = self.failures = self.failures + 1  # -- together (see ``raised``): its number is its own
            settled = self.successes, failures  # -- to here
            breaker._last = (*kept, at)
            self._taped(settled, at, FAILED_SLOWLY if slow else FAILED)
            move = state.failure(self, permit, at, slow, exc, settled)
            told = breaker._become(move, at) if move is not None else None
        if told is not None:
            breaker._tell(told)
        if sinks.active and exc is not None:
            breaker._report(exc)

    def no_failure(self, outcome: int, begun: int | None, permit: Permit | None) -> None:
        """A call raised what counts as a success or as nothing."""
        if outcome != NEUTRAL:
            at = self.breaker._ns()
            self.passed(permit, None if begun is None else at - begun, at)
        elif permit is None:
            self.ignored += 1
        else:
            self.neutral(permit)

    def passed(self, permit: Permit | None, duration: int | None, at: int) -> None:
        """Record a success that takes more than a counter: slow, at a turn of the window, or of a permit."""
        breaker = self.breaker
        with breaker._lock:
            if breaker._period is not self or (permit is not None and not permit.claim()) or not self.state.counts:
                return
            if at >= self.turn:
                self.rotate(at)
            slow = duration is not None and self._measure(duration)
            successes = self.successes = self.successes + 1  # -- together, as above
            settled = successes, self.failures  # -- to here
            if slow:
                self.slow_successes += 1
                self._taped(settled, at, SLOW)
            move = self.state.success(self, permit, at, slow, settled)
            told = breaker._become(move, at) if move is not None else None
        if told is not None:
            breaker._tell(told)

    def neutral(self, permit: Permit | None) -> None:
        """Record a call that says nothing about the service; gives a probe's permit back."""
        with self.breaker._lock:
            if self.breaker._period is self and (permit is None or permit.claim()) and self.state.counts:
                self.ignored += 1
                self.state.neutral(self, permit)

    def _taped(self, settled: tuple[int, int], at: int, what: int) -> None:
        self.breaker._opened_tape().append((self.base + settled[0] + settled[1], at, what))

    def rotate(self, at: int) -> None:
        """Let the window age (caller holds the lock, or is alone)."""
        window = self.state.tally.window
        window.rotate(self.state.tally.offset + self.successes + self.failures, at)
        self.turn = window.turn

    def _measure(self, duration: int) -> bool:
        """Put a duration into the histogram; whether it is slow."""
        if self.hist is not None:
            self.hist[min(max(duration, 0).bit_length(), BUCKETS - 1)] += 1
        slow = duration >= self.breaker._slow_from
        self.slow += slow
        return slow

    def tallied(self) -> tuple[int, int]:
        """Successes and failures of this period that its tally judges by, its window brought up to date."""
        tally = self.state.tally
        if not self.state.tallies:
            return 0, 0
        if not tally.noted and isinstance(tally.window, CountWindow):
            self._catch_up(tally, tally.window)
        return self.successes, self.failures

    def _catch_up(self, tally: Tally, window: CountWindow) -> None:
        """Where no rate is judged, a failure leaves the window alone: it is read off the tape when somebody looks."""
        shift = tally.offset - self.base
        taped = [n + shift for n, _, what in tuple(self.breaker._tape or ()) if what & FAILED and n > self.base]
        window.replace_failed(window.failed_upto(tally.offset) + taped)

    # -- refusing: what CircuitBreakerOpenError asks when somebody reads it --------------------------------------------

    def refused_name(self) -> str | None:
        """Name of the breaker."""
        return self.breaker.name

    def refused_wait(self, at: int) -> float | None:
        """Seconds until a call may be let in, seen from ``at`` (ns); None: nobody knows."""
        return self.state.wait(self, at)

    def refused_after(self) -> LastFailure | None:
        """The failure behind it."""
        return self.breaker.last_failure


class FailedResult:
    """Stands where the class of an exception does when a returned value counted as a failure."""


def described(exc: BaseException) -> str:
    """The text of an exception, whatever its ``__str__`` does."""
    try:
        return str(exc)[:_LONG]
    except Exception:
        return UNREADABLE
