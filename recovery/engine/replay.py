"""Feeding recorded outcomes to the decision code without making a call: what a config would have done.

It runs the real breaker on a clock that is told the time, so it can decide nothing else than the breaker would. n
successes cost O(1) while it is closed, n calls of any kind cost O(1) while it is open.
"""

from __future__ import annotations

from contextlib import suppress

from .clock import ns_of
from .enums import BreakerState
from .errors import CircuitBreakerOpenError, IllegalTransition
from .moves import Move
from .period import FAILED, FAILED_SLOWLY, SLOW
from .silent import Silent, ToldClock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from .breaker_config import BreakerConfig
    from .period import Period
    from .permit import Permit
    from .silent import Change
    from .snapshot import BreakerSnapshot
    from .tally import Tally

    Figures = tuple[int, int, int]  # calls, failures, slow calls in a window

_CLOSED, _OPEN = BreakerState.CLOSED, BreakerState.OPEN
_PARTS = 10  # successes are spread over a time window in so many parts


class Replay:
    """A breaker of its own under ``config``. Times are ns since the epoch and must not go back.

    ``doubting``: the recorded breaker opened by the same rules. Then an opening of a time window that hangs on where in
    a slot a few successes came is believed only where the recorded breaker opened too.
    """

    __slots__ = ("_breaker", "_clock", "_doubting", "_part", "_rated", "refused")

    def __init__(self, config: BreakerConfig, at: int = 0, *, doubting: bool = False) -> None:
        self._doubting = doubting
        self._clock = ToldClock()
        self._clock.at = at
        self._breaker = Silent(config=config, clock=self._clock)
        self._breaker.changes = []
        self._breaker.waited = None
        self._rated = config.failure_rate is not None or config.slow_call_rate is not None
        self._part = ns_of(config.window_size) // _PARTS if self._rated and config.window == "time" else 0
        self.refused = 0

    @property
    def state(self) -> BreakerState:
        """Where it stands now."""
        return self._breaker.state

    @property
    def changes(self) -> list[Change]:
        """All its transitions so far: when, from, to."""
        return self._breaker.changes

    def snapshot(self) -> BreakerSnapshot:
        """Its figures; ``transitions`` are the openings and closings so far (the last 256)."""
        return self._breaker.snapshot()

    def successes(self, count: int, at: int, *, slow: bool = False) -> int:
        """``count`` calls that would succeed come at ``at``; returns how many were let in."""
        return self.spread(count, at, at, slow=slow)

    def failure(self, at: int, *, slow: bool = False, waited: int | None = None, saw: Figures | None = None) -> bool:
        """One call that would fail comes at ``at``; returns whether it was let in.

        ``waited`` and ``saw``: this very call opened the recorded breaker, which then waited so long (ns) and had these
        figures (calls, failures, slow) in its window. A jittered wait is drawn, so the recorded one is taken as far as
        the config can have drawn it; what a time window holds depends on when successes came, so the recorded figures
        are believed where its own are nearly the same.
        """
        return self._one(at, True, slow, waited, saw)

    def slow_success(self, at: int, *, waited: int | None = None, saw: Figures | None = None) -> bool:
        """One slow call that would succeed; as :meth:`failure`."""
        return self._one(at, False, True, waited, saw)

    def _one(self, at: int, failed: bool, slow: bool, waited: int | None, saw: Figures | None) -> bool:
        self._clock.at = at
        self._breaker.waited = waited
        period = self._breaker._period
        if period.state.kind is not _CLOSED:
            return self._asked(at, failed=failed, slow=slow)
        slow = slow and self._breaker.config.slow_call_duration is not None
        tally = period.state.tally
        if self._noted(period, tally, at, failed=failed, slow=slow):
            self._open(period, at)
        elif saw is not None and self._part and _alike(tally.figures(period.successes, period.failures, at), saw):
            crossing = tally.judged(tally.consecutive(period.successes), *saw)
            if crossing is not None:
                self._breaker._become(Move("failures", crossing.cause, crossing.evidence), at)
        return True

    def spread(self, count: int, since: int, until: int, *, failed: bool = False, slow: bool = False) -> int:
        """``count`` calls of one kind come evenly after ``since`` up to ``until``; returns how many were let in."""
        self._breaker.waited = None
        done = admitted = 0
        while done < count:
            period = self._breaker._period
            if period.state.kind is _CLOSED and not failed and not slow:
                self._pass(count - done, since + (until - since) * done // count, until)
                return admitted + count - done
            if (turned_away := self._before_the_wait_is_over(period, count, since, until) - done) > 0:
                self._refuse(turned_away)
                done += turned_away
                continue
            done += 1
            at = self._clock.at = since + (until - since) * done // count
            admitted += self._one(at, failed, slow, None, None)
        self._clock.at = until
        return admitted

    def act(self, verb: str, at: int) -> None:
        """What an operator did: trip, release, reset, disable or probe; what is not legal where it stands does nothing.

        ``restore``: it was open already, and the next call probes.
        """
        self._clock.at = at
        self._breaker.waited = None
        with suppress(IllegalTransition):
            if verb == "restore":
                self._breaker.restore(BreakerState.HALF_OPEN)
            else:
                getattr(self._breaker, verb)()

    def tape(self, fast: Sequence[int], at: Sequence[int], what: Sequence[int], first: int, since: int) -> int:
        """Tell a tape from ``first`` on while it is closed; returns where it stopped: at its end, after an opening, or
        before an entry that is none of 0 nothing, 1 failed, 2 slow, 3 failed slowly. Before each entry ``fast`` fast
        successes come, evenly since the one before. Times are in ms here.
        """
        self._breaker.waited = None
        if self.state is not _CLOSED:
            return first
        return (self._tape_of_rates if self._rated else self._tape_of_streaks)(fast, at, what, first, since)

    def _tape_of_streaks(self, fast: Sequence[int], at: Sequence[int], what: Sequence[int], i: int, _since: int) -> int:
        """Where only streaks open. In local names, as ``Period.raised`` does it: most of the cost of a replay."""
        breaker = self._breaker
        period = breaker._period
        tally, base, note = period.state.tally, period.base, breaker._opened_tape().append
        successes, failures, streak, mark = period.successes, period.failures, tally.streak, tally.mark
        threshold, end, opens = tally.threshold, len(what), False
        while i < end and not opens:
            kind = what[i]
            if kind > 3:
                break
            successes += fast[i]
            if kind & 1:
                failures += 1
                streak = streak + 1 if successes == mark else 1
                mark = successes
                note((base + successes + failures, at[i] * 1_000_000, 1))
                opens = streak >= threshold
            elif kind:
                successes += 1
            i += 1
        period.successes, period.failures, tally.streak, tally.mark = successes, failures, streak, mark
        self._clock.at = max(self._clock.at, at[i - 1] * 1_000_000) if i else self._clock.at
        if opens:
            self._open(period, self._clock.at)
        return i

    def _tape_of_rates(self, fast: Sequence[int], at: Sequence[int], what: Sequence[int], i: int, since: int) -> int:
        """Where the window counts too."""
        period, slows = self._breaker._period, self._breaker.config.slow_call_duration is not None
        tally, clock, end, spread = period.state.tally, self._clock, len(what), self._part
        earlier = since * 1_000_000
        while i < end:
            kind = what[i]
            if kind > 3:
                break
            now = at[i] * 1_000_000
            if spread:
                self._pass(fast[i], earlier, now)
            else:
                period.successes += fast[i]
            clock.at = earlier = now
            i += 1
            if kind and self._noted(period, tally, now, failed=bool(kind & 1), slow=slows and kind > 1):
                if self._doubtful(period, now):
                    continue
                self._open(period, now)
                break
        return i

    def _noted(self, period: Period, tally: Tally, at: int, *, failed: bool, slow: bool) -> bool:
        """Count one call of a closed breaker that is a failure or slow, without the ceremony of a permit; whether a
        threshold is reached.
        """
        if at >= period.turn:
            period.rotate(at)
        period.slow += slow
        if not failed:
            period.successes += 1
            if not slow:
                return False
            period.slow_successes += 1
            period._taped((period.successes, period.failures), at, SLOW)
            tally.slow_success(period.successes, period.failures, at)
            return tally.crossed(period.successes, period.failures, at) is not None
        period.failures += 1
        period._taped((period.successes, period.failures), at, FAILED_SLOWLY if slow else FAILED)
        if not tally.failure(period.successes, period.failures, at, slow):
            return False
        return tally.crossed(*period.tallied(), at) is not None

    def _open(self, period: Period, at: int) -> None:
        move = period.state.crossed(period, at)
        if move is not None:
            self._breaker._become(move, at)

    def _doubtful(self, period: Period, at: int) -> bool:
        """Whether a few successes that really came elsewhere in their slot would have kept it closed."""
        if not (self._doubting and self._part):
            return False
        tally = period.state.tally
        streak = tally.consecutive(period.successes)
        calls, failed, slow = tally.figures(period.successes, period.failures, at)
        error = 2 + calls // 8
        return any(tally.judged(streak, max(1, calls + by), failed, slow) is None for by in (-error, error))

    def _pass(self, count: int, since: int, until: int) -> None:
        """Fast successes of a closed breaker decide nothing: one addition, or one for each part of a time window."""
        period = self._breaker._period
        length = until - since
        parts = max(1, min(_PARTS, -(-length // self._part))) if self._part else 1
        if parts > 1:  # a part is told in its middle; what came earlier has left the window by the end
            lasting = min(length, self._part * parts)
            early = count * (length - lasting) // length
            period.successes += early
            count, since, length = count - early, until - lasting, lasting
        for part in range(parts):
            self._turn(period, since + length * (2 * part + 1) // (2 * parts))
            period.successes += count * (part + 1) // parts - count * part // parts
        self._clock.at = until

    def _turn(self, period: Period, at: int) -> None:
        if at >= period.turn:
            period.rotate(at)

    def _before_the_wait_is_over(self, period: Period, count: int, since: int, until: int) -> int:
        """How many of the calls come while it is certain that they are refused."""
        kind = period.state.kind
        if kind is BreakerState.FORCED_OPEN:
            return count
        if kind is not _OPEN or period.deadline <= since:
            return 0
        if until < period.deadline:
            return count
        return min(count, -(-(period.deadline - since) * count // (until - since)) - 1)

    def _refuse(self, count: int) -> None:
        self.refused += count
        self._breaker._period.refused += count

    def _asked(self, at: int, *, failed: bool, slow: bool) -> bool:
        """One call that asks to be let in."""
        if self._before_the_wait_is_over(self._breaker._period, 1, at, at):
            self._refuse(1)
            return False
        permit = self._permit()
        if permit is None:
            return False
        duration = self._duration(slow)
        if failed:
            permit.failure(duration=duration)
        else:
            permit.success(duration)
        return True

    def _permit(self) -> Permit | None:
        try:
            return self._breaker.acquire()
        except CircuitBreakerOpenError:
            self.refused += 1
            return None

    def _duration(self, slow: bool) -> float:
        limit = self._breaker.config.slow_call_duration
        return limit if slow and limit is not None else 0.0


def _alike(own: Figures, recorded: Figures) -> bool:
    """Failures and slow calls have their times, so only calls may differ, by those that came near the window's ends."""
    marked = own[1] + own[2], recorded[1] + recorded[2]
    return (
        abs(marked[0] - marked[1]) <= 2 + max(marked) // 10
        and abs(own[0] - recorded[0]) <= 10 + max(own[0], recorded[0]) // 2
    )
