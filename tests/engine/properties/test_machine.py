"""A breaker and its model live through the same random history; after each step they agree on everything."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from recovery.engine import (
    BreakerConfig,
    CircuitBreaker,
    CircuitBreakerHeldError,
    CircuitBreakerOpenError,
    IllegalTransition,
    Permit,
    registry,
)
from recovery.engine.dispatch import drain
from tests.engine.properties.clock import SECOND, NanoClock
from tests.engine.properties.model import HELD, PAIRS, Model, Ticket
from tests.engine.properties.outcomes import (
    MADE,
    RAISED,
    RETRY_AFTER,
    UNANSWERED,
    UNJUDGED,
    UNMEASURED,
    WAYS,
    WHATS,
    configs,
    outcome_of,
    run,
)

QUIET = logging.getLogger("recovery.breaker")
TOOK = st.sampled_from([0.0, 0.25, 1.0, 2.0])
SPANS = st.sampled_from([None, 1, 5, 20])
PICK = st.integers(0, 100)
DURING = st.sampled_from([None, None, None, "trip", "disable", "observe", "release", "reset", "tick"])


class BreakerMachine(RuleBasedStateMachine):
    """Drives both."""

    @initialize(kind=st.sampled_from(["plain", "plain", "plain", *MADE]), config=configs())
    def make(self, kind: str, config: BreakerConfig) -> None:
        QUIET.setLevel(logging.CRITICAL)
        registry.measure(False)
        self.kind, self.clock = kind, NanoClock()
        self.breaker = CircuitBreaker(config=config, clock=self.clock, **MADE[kind])
        self.model = Model(config, self.clock.at, latest=self.clock.at)
        self.fallbacks = 0
        self.heard: list[Any] = []
        self.breaker.on_event(self.heard.append)
        self.permits: list[tuple[Permit, Ticket]] = []
        self.generators: list[tuple[Generator[int, str, str], Ticket]] = []

    def teardown(self) -> None:
        registry.measure(False)
        QUIET.setLevel(logging.NOTSET)
        if not hasattr(self, "breaker"):
            return
        assert drain()
        heard, wanted = [(e.kind, e.before, e.after, e.sequence) for e in self.heard], self.model.events
        if self.model.unsure:
            heard, wanted = ([e for e in events if e[0] == "transition"] for events in (heard, wanted))
        assert heard == wanted

    # -- calls ---------------------------------------------------------------------------------------------------------

    @rule(way=st.sampled_from(["decorator", "call", "block"]), what=st.sampled_from(WHATS), times=st.integers(2, 15))
    def calls(self, way: str, what: str, times: int) -> None:
        """Many in a row: windows fill, and move on."""
        for _ in range(times):
            self.call(way, what, 0.0, None)
            self.both_agree()

    @rule(way=st.sampled_from(list(WAYS)), what=st.sampled_from(WHATS), took=TOOK, during=DURING)
    def call(self, way: str, what: str, took: float, during: str | None) -> None:
        """A call, from beginning to end; an operator may do something while it runs."""
        ticket, begun, called = self.model.admit(self.clock.at), self.clock.at, False

        def body() -> str:
            nonlocal called
            called = True
            self.clock.advance(took)
            if during is not None:
                self.operate(during, 5)
            return run(what)

        refused: CircuitBreakerOpenError | None = None
        raised: BaseException | None = None
        got = None
        try:
            got = WAYS[way](self.breaker, body)
        except CircuitBreakerOpenError as refusal:
            refused = None if called else refusal
        except BaseException as exc:
            raised = exc
        assert raised is None or type(raised) is type(RAISED[what]())
        assert called == (ticket is not None), "the function is called if and only if the call is let in"
        if ticket is not None:
            measured = ticket.measured and way not in UNMEASURED
            self._settled(ticket, what, self.clock.at - begun if measured else None, judged=way not in UNJUDGED)
        elif self.kind == "fallback" and way not in UNANSWERED:
            assert got == "the fallback's"
            self.fallbacks += 1
        else:
            assert refused is not None
            assert isinstance(refused, CircuitBreakerHeldError) == (self.model.state == "FORCED-OPEN")
            self._same_wait(refused.retry_after)

    @rule()
    def acquire(self) -> None:
        """Take a permit, to be settled some time."""
        ticket = self.model.admit(self.clock.at)
        try:
            permit = self.breaker.acquire()
        except CircuitBreakerOpenError:
            assert ticket is None
        else:
            assert ticket is not None
            self.permits.append((permit, ticket))

    @precondition(lambda self: self.permits)
    @rule(pick=PICK, what=st.sampled_from(WHATS), took=st.one_of(st.none(), TOOK), again=st.booleans())
    def settle(self, pick: int, what: str, took: float | None, again: bool) -> None:
        """Settle one, maybe late, maybe a second time."""
        permit, ticket = self.permits[pick % len(self.permits)]
        if not again:
            self.permits.remove((permit, ticket))
        if what == "ok":
            permit.success(took)
        elif what == "bad":
            permit.release()
        else:
            permit.failure(RAISED[what](), took)
        lasted = self.clock.at - ticket.begun if ticket.measured else None
        self._settled(ticket, what, lasted if took is None else round(took * SECOND), released=what == "bad")

    @rule()
    def start_generator(self) -> None:
        """A stream that is read for a while."""
        ticket = self.model.admit(self.clock.at)

        @self.breaker
        def stream() -> Generator[int, str, str]:
            return run((yield 1))

        steps = stream()
        try:
            next(steps)
        except CircuitBreakerOpenError:
            assert ticket is None
        else:
            assert ticket is not None
            self.generators.append((steps, ticket))

    @precondition(lambda self: self.generators)
    @rule(pick=PICK, what=st.sampled_from(WHATS), close=st.booleans())
    def finish_generator(self, pick: int, what: str, close: bool) -> None:
        """Read it to its end, or let go of it."""
        steps, ticket = self.generators.pop(pick % len(self.generators))
        if close:
            steps.close()
            what = "cancelled"
        else:
            with pytest.raises(BaseException):  # noqa: B017, PT011 - its own, or StopIteration
                steps.send(what)
        self._settled(ticket, what, None)

    def _settled(
        self, ticket: Ticket, what: str, took: int | None, *, judged: bool = True, released: bool = False
    ) -> None:
        outcome = "neutral" if released else outcome_of(self.kind, what, judged=judged)
        asks = RETRY_AFTER * SECOND if what == "asks" else None
        self.model.settle(ticket, outcome, self.clock.at, took, self.breaker.state.value, asks)

    # -- operators, time, configuration --------------------------------------------------------------------------------

    @rule(verb=st.sampled_from(["trip", "disable", "observe", "release", "reset", "probe", "tick"]), span=SPANS)
    def operator(self, verb: str, span: int | None) -> None:
        """What an operator may ask for."""
        self.operate(verb, span)

    def operate(self, verb: str, span: int | None) -> None:
        now = self.clock.at
        if verb in ("trip", "disable", "observe"):
            getattr(self.breaker, verb)(span)
            self.model.move(verb, now, wait=None if span is None else span * SECOND)
        elif verb == "tick":
            self.breaker.tick()
            self.model.ask(now, call=False)
        elif verb == "release":
            self.breaker.release()
            if self.model.legal(verb):
                self.model.move(verb, now, wait=0 if self.model.state == "FORCED-OPEN" else None)
        elif self.model.legal(verb):
            getattr(self.breaker, verb)()
            self.model.move(verb, now)
        else:
            with pytest.raises(IllegalTransition, match=self.model.state):
                getattr(self.breaker, verb)()

    @precondition(lambda self: self.model.state in HELD)
    @rule()
    def leave_held(self) -> None:
        """An act on many breakers that leaves held ones alone."""
        with pytest.raises(IllegalTransition):
            self.breaker.reset(unless_held=True)

    @rule(state=st.sampled_from(["CLOSED", "OPEN", "half_open"]), opened_for=st.sampled_from([-1, 0, 2, 1e9]))
    def restore(self, state: str, opened_for: float) -> None:
        """Take over a state from elsewhere."""
        if state == "CLOSED" or self.model.legal("restore"):
            self.breaker.restore(state, opened_for)
        else:
            with pytest.raises(IllegalTransition):
                self.breaker.restore(state, opened_for)
            return
        if state != "CLOSED":
            timeout = self.model.config.recovery_timeout
            waited = timeout if state == "half_open" else min(max(opened_for, 0.0), timeout)
            self.model.move("restore", self.clock.at, waited=round(waited * SECOND))

    @rule(config=configs())
    def configure(self, config: BreakerConfig) -> None:
        """Another configuration, in the same state."""
        self.breaker.configure(config)
        self.model.configure(config, self.clock.at)

    @rule(on=st.booleans())
    def measure(self, on: bool) -> None:
        """A console comes or goes."""
        registry.measure(on)
        self.model.measuring = on

    @rule(seconds=st.one_of(st.integers(-20, 40), st.sampled_from([0.01, 0.5, 1e4])))
    def wait(self, seconds: float) -> None:
        """Time passes, or steps back."""
        self.clock.advance(seconds)

    # -- what always holds ---------------------------------------------------------------------------------------------

    @invariant()
    def both_agree(self) -> None:
        breaker, model = self.breaker, self.model
        seen = breaker.snapshot()
        assert seen.state.value == model.state
        self._same_wait(seen.retry_after)
        assert dict(seen.totals) == model.totals() | {"fallbacks": self.fallbacks}
        assert seen.consecutive_failures == breaker.failures == model.streak
        figures = seen.window["calls"], seen.window["failures"], seen.window["slow"]
        assert figures in model.figures(self.clock.at)
        assert seen.half_open["in_flight"] == len(model.probes)
        assert seen.half_open["successes"] == (model.probed if model.state == "HALF-OPEN" else 0)
        assert (seen.hold is None) == (model.state not in HELD)
        assert [(n, what) for n, _, what in breaker.tape_after()[0]] == model.tape()[-512:]
        if seen.latency is not None:
            assert sum(seen.latency["counts"]) <= seen.totals["successes"] + seen.totals["failures"]

    @invariant()
    def transitions_are_legal_and_numbered(self) -> None:
        made = self.breaker.snapshot().transitions
        assert all((t.before.value, t.after.value) in PAIRS for t in made)
        assert [t.sequence for t in made] == list(range(1, self.model.sequence + 1))[-256:]
        assert all(first.after is second.before for first, second in pairwise(made))

    @invariant()
    def reading_changes_nothing(self) -> None:
        first = self.breaker.snapshot()
        text, wait, state = repr(self.breaker), self.breaker.retry_after, self.breaker.state
        assert self.breaker.snapshot() == first
        assert (repr(self.breaker), self.breaker.retry_after, self.breaker.state) == (text, wait, state)

    def _same_wait(self, seconds: float | None) -> None:
        """A drawn wait is only known to lie between bounds: then the model takes over what it is."""
        wanted = self.model.retry_after(self.clock.at)
        if wanted is None or seconds is None or not self.model.spread:
            assert seconds == (None if wanted is None else wanted / SECOND)
            return
        config, nominal = self.model.config, self.model.nominal()
        spread, longest = config.recovery_jitter, max(config.recovery_timeout_max, config.recovery_timeout) * SECOND
        gone = self.model.waited + max(0, self.clock.at - self.model.seen)
        drawn = round(seconds * SECOND) + gone
        assert seconds == 0 or nominal * (1 - spread) - 1 <= drawn <= min(longest, nominal * (1 + spread)) + 1
        if seconds > 0:
            self.model.wait = drawn


EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "150"))  # more of them find rarer defects, for those who have time
BreakerMachine.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=40)
test_a_breaker_does_what_its_model_does = BreakerMachine.TestCase
