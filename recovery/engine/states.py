"""One class per state: whom it lets in, and what an outcome or the passing of time makes of it.

A state decides and says which move is due; only the breaker makes it. Every method is called with the breaker's lock
held; ``period`` is the stay whose counters go with this state, ``at`` the time in ns.
"""

from __future__ import annotations

from . import sinks
from .clock import ns_of
from .enums import BreakerState
from .errors import CircuitBreakerOpenError
from .moves import HoldSpan, Move
from .period import ASK, GIL, PLAIN, SHUT, TIMED
from .permit import UNMEASURED, Permit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .period import Period
    from .tally import Tally

    Settled = tuple[int, int]  # successes and failures of the period, the call in question counted

# Causes that readers of transitions tell apart.
WAIT_OVER = "recovery timeout over"
TIMED_OUT = "probe timed out"
SLOW_PROBE = "slow probe"


class State:
    """What every state answers; here the answers of a state that lets everything through and decides nothing."""

    __slots__ = ("since", "span", "tally")
    kind: BreakerState
    counts = True  # False: records nothing
    tallies = False  # True: failures go into the tally
    error: type[CircuitBreakerOpenError] = CircuitBreakerOpenError

    def __init__(self, tally: Tally, since: int, span: HoldSpan | None = None) -> None:
        self.tally = tally
        self.since = since
        self.span = span

    def enter(self, period: Period, at: int) -> None:
        """Set the period's gate and limits for this state, also after a change of configuration."""
        period.error = self.error
        period.breaker._set_measuring(period)
        period.gate = self.gate(period)

    def gate(self, period: Period) -> int:
        """How wrappers let calls in."""
        return ASK

    def admit(self, period: Period, at: int) -> Permit | None:
        """Let one call in, or None."""
        return Permit(period, at if period.breaker._timed else UNMEASURED)

    def due(self, period: Period, at: int, *, asked: bool) -> Move | None:
        """The move that time alone makes due; ``asked``: a call wants in. Here: the end of a hold."""
        if self.span is not None and self.span.ends is not None and at >= self.span.ends:
            return Move("hold ended", "the hold ended", wait=0)
        return None

    def stepped_back(self, period: Period, step: int) -> None:
        """The clock stepped back by ``step`` ns: what waits moves with it, so that no wait grows."""
        if self.span is not None and self.span.ends is not None:
            self.span.ends -= step

    def success(self, period: Period, permit: Permit | None, at: int, slow: bool, settled: Settled) -> Move | None:
        """A call that succeeded."""
        return None

    def failure(
        self, period: Period, permit: Permit | None, at: int, slow: bool, exc: BaseException | None, settled: Settled
    ) -> Move | None:
        """A call that failed."""
        return None

    def neutral(self, period: Period, permit: Permit | None) -> None:
        """A call that says nothing."""

    def crossed(self, period: Period, at: int) -> Move | None:
        """The opening that is due, if a threshold is reached."""
        return None

    def wait(self, period: Period, at: int) -> float | None:
        """Seconds until a call may be let in; None: at once, or nobody knows."""
        return None

    def ended(self) -> None:
        """The period is over."""


class Closed(State):
    """Lets everything through and watches."""

    __slots__ = ()
    kind = BreakerState.CLOSED
    tallies = True

    def enter(self, period: Period, at: int) -> None:
        """A failure may be counted without the lock where the window is one of calls and nobody else looks at it."""
        super().enter(period, at)
        config = self.tally.config
        period.known = None
        period.lean = (
            GIL
            and self.kind is BreakerState.CLOSED
            and config.window == "count"
            and not config.open_on_retry_after
            and not sinks.active
        )

    def gate(self, period: Period) -> int:
        """Without a lock, unless results are judged, a fallback waits, or there is no GIL to count under."""
        if not period.breaker._inline or not GIL:
            return ASK
        return TIMED if period.breaker._timed else PLAIN

    def success(self, period: Period, permit: Permit | None, at: int, slow: bool, settled: Settled) -> Move | None:
        """Only a slow success can open."""
        if not slow:
            return None
        self.tally.slow_success(*settled, at)
        return self.crossed(period, at)

    def failure(
        self, period: Period, permit: Permit | None, at: int, slow: bool, exc: BaseException | None, settled: Settled
    ) -> Move | None:
        """Count it; open when a threshold is reached, or when it brings a Retry-After that counts."""
        tally = self.tally
        near = tally.failure(*settled, at, slow)
        wait = period.breaker._retry_after_of(exc) if exc is not None and tally.config.open_on_retry_after else None
        if wait is not None:
            evidence = tally.evidence(*period.tallied(), at)
            return Move("failures", f"Retry-After {wait:g} s", evidence, wait=ns_of(wait))
        return self.crossed(period, at) if near else None

    def crossed(self, period: Period, at: int) -> Move | None:
        """The opening that is due, if a threshold is reached."""
        crossing = self.tally.crossed(*period.tallied(), at)
        return Move("failures", crossing.cause, crossing.evidence) if crossing is not None else None


class Open(State):
    """Refuses until its wait is over; then the next call probes."""

    __slots__ = ("draw", "fixed", "opened")
    kind = BreakerState.OPEN

    def __init__(self, tally: Tally, since: int, *, fixed: int | None, waited: int, draw: float) -> None:
        super().__init__(tally, since)
        self.opened = since - waited
        self.fixed = fixed  # a wait that no configuration changes (Retry-After, released): ns
        self.draw = draw

    def enter(self, period: Period, at: int) -> None:
        """The deadline counts from when it opened."""
        super().enter(period, at)
        wait = self.fixed if self.fixed is not None else period.breaker._open_wait(self.draw)
        period.deadline = self.opened + wait

    def gate(self, period: Period) -> int:
        """Wrappers refuse by themselves, unless a fallback answers."""
        return SHUT if period.breaker._inline and GIL else ASK

    def admit(self, period: Period, at: int) -> Permit | None:
        """Nobody."""
        return None

    def due(self, period: Period, at: int, *, asked: bool) -> Move | None:
        """At the deadline, inclusive, when a call asks."""
        return Move("wait over", WAIT_OVER) if asked and at >= period.deadline else None

    def stepped_back(self, period: Period, step: int) -> None:
        """It opened so much earlier."""
        self.opened -= step
        period.deadline -= step

    def wait(self, period: Period, at: int) -> float | None:
        """Until the deadline."""
        return max(0, period.deadline - at) / 1e9


class HalfOpen(State):
    """Lets a few probes in and goes by what they say."""

    __slots__ = ("in_flight", "successes")
    kind = BreakerState.HALF_OPEN

    def __init__(self, tally: Tally, since: int) -> None:
        super().__init__(tally, since)
        self.successes = 0
        self.in_flight: dict[Permit, int] = {}  # permit -> when it is reclaimed (ns)

    def admit(self, period: Period, at: int) -> Permit | None:
        """As long as a permit is free."""
        config = self.tally.config
        if len(self.in_flight) >= config.half_open_permits:
            return None
        permit = Permit(period, at)
        self.in_flight[permit] = at + ns_of(config.probe_wait)
        return permit

    def due(self, period: Period, at: int, *, asked: bool) -> Move | None:
        """A probe that hangs too long proves nothing good: back to OPEN."""
        if any(at >= end for end in self.in_flight.values()):
            return Move("failures", TIMED_OUT, self._evidence())
        return None

    def stepped_back(self, period: Period, step: int) -> None:
        """Probes hang as long as they did."""
        self.in_flight = {permit: end - step for permit, end in self.in_flight.items()}

    def success(self, period: Period, permit: Permit | None, at: int, slow: bool, settled: Settled) -> Move | None:
        """Enough of them close; a slow one is a failed one."""
        self._returned(permit)
        if slow:
            return Move("failures", SLOW_PROBE, self._evidence())
        self.tally.probed(failed=False)
        self.successes += 1
        if self.successes < self.tally.config.half_open_successes:
            return None
        many = self.successes != 1
        return Move("successes", f"{self.successes} probe{'s' * many} succeeded", self._evidence())

    def failure(
        self, period: Period, permit: Permit | None, at: int, slow: bool, exc: BaseException | None, settled: Settled
    ) -> Move | None:
        """One is enough to open again."""
        self._returned(permit)
        self.tally.probed(failed=True)
        wait = None
        if exc is not None and self.tally.config.open_on_retry_after:
            wait = period.breaker._retry_after_of(exc)
        cause = "probe failed" if wait is None else f"probe failed, Retry-After {wait:g} s"
        return Move("failures", cause, self._evidence(), wait=None if wait is None else ns_of(wait))

    def neutral(self, period: Period, permit: Permit | None) -> None:
        """The permit is free again."""
        self._returned(permit)

    def ended(self) -> None:
        """Probes that are still out hold this period; it lets go of them, so that no cycle is left."""
        self.in_flight.clear()

    def _returned(self, permit: Permit | None) -> None:
        if permit is not None:
            self.in_flight.pop(permit, None)

    def _evidence(self) -> dict[str, int]:
        return {"probes_succeeded": self.successes, "consecutive_failures": self.tally.streak}
