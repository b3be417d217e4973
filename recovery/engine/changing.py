"""How a breaker changes: the one function that makes transitions, and the configuration put in force."""

from __future__ import annotations

from _thread import RLock

from . import registry, sinks
from .clock import ns_of
from .core import Core
from .enums import BreakerState
from .events import BreakerEvent, Transition
from .history import TAPE, History
from .holds import Disabled, ForcedOpen, MetricsOnly
from .moves import WOULD_OPEN, Move
from .period import BUCKETS, LONGEST, Period
from .states import Closed, HalfOpen, Open, State
from .tally import Tally
from .transitions import target
from .window import NEVER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections import deque

    from .breaker_config import BreakerConfig
    from .permit import Permit

_HOLDS = {BreakerState.FORCED_OPEN: ForcedOpen, BreakerState.DISABLED: Disabled, BreakerState.METRICS_ONLY: MetricsOnly}


class Changing(Core):
    """Transitions and configuration, mixed into :class:`CircuitBreaker`."""

    __slots__ = ()

    def _become(self, move: Move, at: int) -> Transition | None:
        """Make a move of the table (caller holds the lock). Returns what to tell once the lock is released."""
        old = self._period
        before = old.state.kind
        if move.verb == WOULD_OPEN:
            return self._announce("would_open", self._recorded(before, BreakerState.OPEN, move, keep=False))
        after = target(move.verb, before)
        history = self._history = self._history or History()
        if after is BreakerState.OPEN and move.verb == "failures":
            history.openings += 1
            history.opened = at if history.opened is None else history.opened
        elif after is BreakerState.CLOSED:
            history.recover(at) if move.verb == "successes" else history.settle()
        new = Period(self, self._state(after, old.state, move, at), at)
        # Nothing between these two marks lets another thread run (see Period.raised; a tuple might, it can start the
        # garbage collector): the counters are read and the old period dies in one step. What still comes back to it
        # reaches nobody, and who was about to be refused by it asks again.
        successes = old.successes
        failures = old.failures
        ignored = old.ignored
        slow = old.slow
        refused = old.refused
        fallbacks = old.fallbacks
        new.base = old.base + successes + failures
        new.taped = old.taped + failures + old.slow_successes
        old.seen = NEVER
        self._period = new  # -- to here
        if old.state.tallies:
            old.tallied()
            old.state.tally.carry(successes, failures)
        old.state.ended()
        history.retire((successes, failures, ignored, slow, refused, fallbacks), old.hist)
        if after is before:
            return None
        self._since = self._clock.now()
        return self._announce("transition", self._recorded(before, after, move, keep=True))

    def _state(self, after: BreakerState, old: State, move: Move, at: int) -> State:
        if after in _HOLDS:
            tally = Tally(self._config, at) if after is BreakerState.DISABLED else old.tally
            return _HOLDS[after](tally, at, move.span)
        if after is BreakerState.HALF_OPEN:
            return HalfOpen(old.tally, at)
        emptied = after is BreakerState.CLOSED or move.verb in ("release", "hold ended")
        tally = Tally(self._config, at) if emptied else old.tally
        if after is BreakerState.CLOSED:
            return Closed(tally, at)
        spread = self._config.recovery_jitter and move.verb == "failures"
        draw = registry.jitter() * 2 - 1 if spread else 0.0
        return Open(tally, at, fixed=move.wait, waited=move.waited, draw=draw)

    def _recorded(self, before: BreakerState, after: BreakerState, move: Move, *, keep: bool) -> Transition:
        history = self._history or History()
        self._history = history
        history.sequence += keep
        evidence = dict(move.evidence)
        if self._last is not None and after is BreakerState.OPEN:  # elsewhere it would be an old story
            evidence["last_failure"] = str(self.last_failure)
        transition = Transition(
            sequence=history.sequence,
            before=before,
            after=after,
            cause=move.cause,
            evidence=evidence,
            actor=move.actor,
            at=self._clock.now(),
        )
        if keep:
            history.ring.append(transition)
        return transition

    def _announce(self, kind: str, made: Transition) -> Transition:
        """Queue the event for the listeners (under the lock, so that they see the order of the sequence)."""
        if self._outlets:
            values = {name: getattr(made, name) for name in Transition._fields}
            event = BreakerEvent(kind=kind, breaker=self.name, **values)
            for outlet in self._outlets:
                outlet.offer(event)
        return made

    def _tell(self, made: Transition) -> None:
        """Log what was done (after the lock is released: a log handler may take its time)."""
        from .breaker_log import log_transition

        log_transition(self, made)

    # -- configuration -------------------------------------------------------------------------------------------------

    def _adopt_timing(self) -> None:
        config = self._config
        slow = config.slow_call_duration
        self._slow_from = NEVER if slow is None else ns_of(slow)
        self._timed = slow is not None or config.window == "time" or registry.measuring()

    def _set_measuring(self, period: Period) -> None:
        """Give a period what measuring needs, or nothing."""
        if self._timed and period.hist is None:
            period.hist = [0] * BUCKETS
        period.limit = min(self._slow_from, LONGEST)
        period.turn = period.state.tally.window.turn if period.state.tallies else NEVER

    def _use(self, config: BreakerConfig, source: str, revision: int | None) -> None:
        """Put a configuration in force, in the present state and period (caller holds the lock)."""
        period = self._period
        at = self._ns()
        if config != self._config:
            self._config = config
            period.state.tally.adopt(config, *period.tallied(), at)
        self._config_source, self._revision = source, revision
        self._adopt_timing()
        period.state.enter(period, at)

    def _open_wait(self, draw: float) -> int:
        """How long OPEN lasts (ns)."""
        return ns_of(self._config.open_wait(self._history.openings if self._history else 1, draw))

    def _now(self) -> int:
        """The time (ns) for a call that asks the state; holds the lock. If the clock stepped back, waits move with it.

        What was seen is read before the clock: without the lock, others who are refused see later times at any moment.
        """
        period = self._period
        seen = period.seen
        at = self._ns()
        if at < seen:
            period.state.stepped_back(period, seen - at)
            period.seen = at
        elif at > period.seen:
            period.seen = at
        return at

    # -- what the periods and states need ------------------------------------------------------------------------------

    def _opened_tape(self) -> deque[tuple[int, int, int]]:
        if self._tape is None:
            from collections import deque

            self._tape = deque(maxlen=TAPE)
        return self._tape

    def _retry_after_of(self, exc: BaseException) -> float | None:
        """Seconds that a failure asks to stay away, at most the cap of the wait; None when it asks for nothing."""
        from .retry_after import retry_after_of

        wait = retry_after_of(exc, self._clock.now)
        cap = max(self._config.recovery_timeout_max, self._config.recovery_timeout)
        return min(wait, cap) if wait and wait < NEVER else None  # for ever is no time to come back

    def _report(self, exc: BaseException) -> None:
        from .enums import ErrorSeverity

        sinks.offer_failure(
            exc,
            operation_name=self.name or "circuit breaker",
            service_name=self.service_name,
            severity=ErrorSeverity.HIGH,
            attempt=None,
            will_retry=False,
        )

    def _after_fork(self) -> None:
        """In a forked child: a fresh lock, and no probes that only the parent's threads could settle."""
        self._lock = RLock()
        in_flight: dict[Permit, int] = getattr(self._period.state, "in_flight", {})
        for permit in in_flight:
            permit.claim()  # what comes back here of the parent's probes is dropped
        in_flight.clear()
