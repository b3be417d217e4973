"""What a circuit breaker is to do, written plainly: lists of outcomes, timers that only ever run forward.

It knows the contract and nothing of the engine's code. Where the contract leaves room (a time window is exact to one
slice, the wait is jittered) it says what is possible and is told what happened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SECOND = 1_000_000_000
ALL = ("CLOSED", "OPEN", "HALF-OPEN", "FORCED-OPEN", "DISABLED", "METRICS-ONLY")
HELD = ("FORCED-OPEN", "DISABLED", "METRICS-ONLY")
LET_GO = {"FORCED-OPEN": "OPEN", "DISABLED": "CLOSED", "METRICS-ONLY": "CLOSED"}
LEGAL = {
    "trip": dict.fromkeys(ALL, "FORCED-OPEN"),
    "disable": dict.fromkeys(ALL, "DISABLED"),
    "observe": dict.fromkeys(ALL, "METRICS-ONLY"),
    "release": LET_GO,
    "hold ended": LET_GO,
    "reset": dict.fromkeys(ALL, "CLOSED"),
    "probe": {"OPEN": "HALF-OPEN"},
    "wait over": {"OPEN": "HALF-OPEN"},
    "failures": {"CLOSED": "OPEN", "HALF-OPEN": "OPEN"},
    "successes": {"HALF-OPEN": "CLOSED"},
    "restore": {"CLOSED": "OPEN", "OPEN": "OPEN"},
}
PAIRS = {(before, after) for ways in LEGAL.values() for before, after in ways.items() if before != after}


@dataclass(eq=False)
class Ticket:
    """A call that was let in."""

    era: int
    begun: int
    measured: bool
    hangs: int = 0  # ns that it was seen to hang (a probe)
    limit: int = 0
    settled: bool = False


@dataclass
class Model:
    """The state of a breaker under ``config``; times in ns."""

    config: Any
    seen: int
    measuring: bool = False
    state: str = "CLOSED"
    era: int = 0
    sequence: int = 0
    streak: int = 0
    window: list[tuple[int, bool, bool]] = field(default_factory=list)  # when, failed, slow
    latest: int = 0  # what the window saw last: a clock that steps back does not make it younger
    order: list[tuple[bool, bool]] = field(default_factory=list)  # every settled success and failure: failed, slow
    ignored: int = 0
    refused: int = 0
    openings: int = 0
    wait: int = 0  # of OPEN, or of the hold
    waited: int = 0
    fixed: bool = False  # no configuration changes the wait
    spread: bool = False  # the wait was drawn
    endless: bool = True  # of a hold
    probes: list[Ticket] = field(default_factory=list)
    probed: int = 0
    events: list[tuple[str, str, str, int]] = field(default_factory=list)
    unsure: bool = False  # whether each would-open was announced: a time window left it open

    @property
    def timed(self) -> bool:
        return self.config.slow_call_duration is not None or self.config.window == "time" or self.measuring

    # -- moves ---------------------------------------------------------------------------------------------------------

    def legal(self, verb: str) -> bool:
        return self.state in LEGAL[verb]

    def move(self, verb: str, now: int, *, wait: int | None = None, waited: int = 0) -> None:
        """``wait``: of a hold with an end, or one that replaces the configured wait of OPEN."""
        before, after = self.state, LEGAL[verb][self.state]
        if after in ("CLOSED", "DISABLED") or verb in ("release", "hold ended"):
            self.window, self.latest, self.streak = [], now, 0
        if after == "CLOSED":
            self.openings = 0
        self.openings += verb == "failures"
        self.state, self.era, self.seen = after, self.era + 1, now
        self.probes, self.probed = [], 0
        self.waited = waited
        self.spread = False
        if after in HELD:
            self.endless, self.wait = wait is None, wait or 0
        elif after == "OPEN":
            self.fixed = wait is not None
            self.spread = wait is None and verb == "failures" and self.config.recovery_jitter > 0
            self.wait = self.nominal() if wait is None else wait
        if before != after:
            self.sequence += 1
            self.events.append(("transition", before, after, self.sequence))

    def nominal(self) -> int:
        """How long OPEN is to last, without jitter."""
        config = self.config
        grown: float = config.recovery_timeout * config.recovery_growth ** max(0, self.openings - 1)
        cap: float = max(config.recovery_timeout_max, config.recovery_timeout)
        return round(min(cap, grown) * SECOND)

    def configure(self, config: Any, now: int) -> None:
        if (config.window, config.window_size) != (self.config.window, self.config.window_size):
            self.window, self.latest = [], now
        self.config = config
        if self.state == "OPEN" and not self.fixed:
            self.wait = self.nominal()

    def ask(self, now: int, *, call: bool) -> None:
        """A call, or a tick, comes: time is looked at, and what it makes due is done."""
        passed = max(0, now - self.seen)
        self.seen = now
        self.waited += passed
        for probe in self.probes:
            probe.hangs += passed
        while True:
            if self.state in HELD and not self.endless and self.waited >= self.wait:
                self.move("hold ended", now, wait=0 if self.state == "FORCED-OPEN" else None)
            elif any(probe.hangs >= probe.limit for probe in self.probes):
                self.move("failures", now)
            elif call and self.state == "OPEN" and self.waited >= self.wait:
                self.move("wait over", now)
            else:
                return

    # -- calls ---------------------------------------------------------------------------------------------------------

    def admit(self, now: int) -> Ticket | None:
        self.ask(now, call=True)
        full = self.state == "HALF-OPEN" and len(self.probes) >= self.config.half_open_permits
        if full or self.state in ("OPEN", "FORCED-OPEN"):
            self.refused += 1
            return None
        ticket = Ticket(self.era, now, self.timed)
        if self.state == "HALF-OPEN":
            ticket.measured = True
            longest = self.config.half_open_max_wait
            ticket.limit = round((max(1.0, self.config.recovery_timeout) if longest is None else longest) * SECOND)
            self.probes.append(ticket)
        return ticket

    def settle(self, ticket: Ticket, outcome: str, now: int, took: int | None, after: str, asks: int | None) -> None:
        """``outcome``: success, failure, neutral; ``after``: the state that it led to; ``asks``: its Retry-After."""
        late, ticket.settled = ticket.settled or ticket.era != self.era, True
        if late or self.state == "DISABLED":
            return
        if ticket in self.probes:
            self.probes.remove(ticket)
        if outcome == "neutral":
            self.ignored += 1
            return
        failed, limit = outcome == "failure", self.config.slow_call_duration
        slow = took is not None and limit is not None and took >= round(limit * SECOND)
        self.order.append((failed, slow))
        asked = asks if failed and self.config.open_on_retry_after else None
        if asked is not None:
            asked = min(asked, round(max(self.config.recovery_timeout_max, self.config.recovery_timeout) * SECOND))
        if self.state == "HALF-OPEN":
            self._probe(failed, slow, now, asked)
        else:
            self._watch(failed, slow, now, after, asked)

    def _probe(self, failed: bool, slow: bool, now: int, asked: int | None) -> None:
        if failed or not slow:
            self.streak = self.streak + 1 if failed else 0
        if failed or slow:
            self.move("failures", now, wait=asked)
            return
        self.probed += 1
        if self.probed >= self.config.half_open_successes:
            self.move("successes", now)

    def _watch(self, failed: bool, slow: bool, now: int, after: str, asked: int | None) -> None:
        before = self.crossings(now)
        self.streak = self.streak + 1 if failed else 0
        self.latest = max(now, self.latest)
        self.window.append((self.latest, failed, slow))
        if not (failed or slow):
            return
        crossed = self.crossings(now)
        if self.state == "METRICS-ONLY":
            self.unsure = self.unsure or len(before) + len(crossed) > 2
            if before == {False} and crossed == {True}:
                self.events.append(("would_open", "METRICS-ONLY", "OPEN", self.sequence))
        elif asked is not None:
            self.move("failures", now, wait=asked)
        else:
            assert (after == "OPEN") in crossed, f"{after} after crossing {crossed}"
            if after == "OPEN":
                self.move("failures", now)

    # -- figures -------------------------------------------------------------------------------------------------------

    def crossings(self, now: int) -> set[bool]:
        """Whether a threshold is reached: what is possible."""
        return {self._crosses(*figures) for figures in self.figures(now)}

    def _crosses(self, calls: int, failed: int, slow: int) -> bool:
        config = self.config
        if config.failure_threshold is not None and self.streak >= config.failure_threshold:
            return True
        least = min(config.minimum_calls, config.window_size) if config.window == "count" else config.minimum_calls
        rates = ((failed, config.failure_rate), (slow, config.slow_call_rate))
        return calls >= least and any(rate is not None and count * 100 >= rate * calls for count, rate in rates)

    def figures(self, now: int) -> list[tuple[int, int, int]]:
        """Calls, failures, slow calls in the window: all that is possible within one slice (1/100) of a time window."""
        if self.config.window == "count":
            return [_counted(self.window[-self.config.window_size :])]
        now = max(now, self.latest)
        length = self.config.window_size * SECOND
        surely = [i for i, (at, _, _) in enumerate(self.window) if now - at <= length - length // 100]
        maybe = [i for i, (at, _, _) in enumerate(self.window) if now - at < length]
        first, last = min(maybe, default=len(self.window)), min(surely, default=len(self.window))
        return [_counted(self.window[start:]) for start in range(first, last + 1)]

    def retry_after(self, now: int) -> int | None:
        left = max(0, self.wait - self.waited - max(0, now - self.seen))
        if self.state == "OPEN" or (self.state == "FORCED-OPEN" and not self.endless):
            return left
        return None

    def totals(self) -> dict[str, int]:
        failures = sum(failed for failed, _ in self.order)
        slow = sum(slow for _, slow in self.order)
        calls = len(self.order) + self.ignored + self.refused
        return {
            "calls": calls, "successes": len(self.order) - failures, "failures": failures, "ignored": self.ignored,
            "slow": slow, "refused": self.refused,
        }  # fmt: skip

    def tape(self) -> list[tuple[int, int]]:
        """Number and kind (1 failed, 2 slow, 3 both) of every failure and slow call."""
        return [(n, failed + 2 * slow) for n, (failed, slow) in enumerate(self.order, 1) if failed or slow]


def _counted(calls: list[tuple[int, bool, bool]]) -> tuple[int, int, int]:
    return len(calls), sum(failed for _, failed, _ in calls), sum(slow for _, _, slow in calls)
