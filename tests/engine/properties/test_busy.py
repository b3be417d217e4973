"""The same machine where nobody interferes: long runs of calls take the shortest ways through the code."""

from __future__ import annotations

import os

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from recovery.engine import BreakerConfig
from tests.engine.properties.test_machine import BreakerMachine

_RATES = st.sampled_from([None, 40.0, 60.0, 90.0, 100.0])


class BusyMachine(BreakerMachine):
    """Calls, time, and now and then a hold that keeps the window or a fresh start."""

    acquire = settle = start_generator = finish_generator = leave_held = None  # type: ignore[assignment]
    operator = restore = measure = configure = call = calls = None  # type: ignore[assignment]

    @initialize(
        threshold=st.sampled_from([None, 2, 3, 5]),
        rate=_RATES,
        size=st.integers(1, 25),
        least=st.integers(1, 20),
        slow=st.sampled_from([None, None, 60.0]),
        successes=st.integers(1, 2),
    )
    def make(
        self, threshold: int | None, rate: float | None, size: int, least: int, slow: float | None, successes: int
    ) -> None:
        config = BreakerConfig(
            failure_threshold=threshold,
            failure_rate=rate,
            window_size=size,
            minimum_calls=least,
            slow_call_duration=slow,
            recovery_timeout=5.0,
            recovery_growth=2.0,
            half_open_successes=successes,
        )
        BreakerMachine.make(self, "plain", config)

    @rule(
        whats=st.lists(st.sampled_from(["ok", "ok", "boom", "boom", "key", "cancelled"]), min_size=1, max_size=25),
        way=st.sampled_from(["decorator", "decorator", "call", "coroutine"]),
    )
    def many(self, whats: list[str], way: str) -> None:
        """Successes, failures of two classes and cancellations, in any order; both are compared after each."""
        for what in whats:
            BreakerMachine.call(self, way, what, 0.0, None)
            self.both_agree()

    @rule(verb=st.sampled_from(["observe", "release", "reset", "tick"]))
    def interfere(self, verb: str) -> None:
        """Rarely."""
        self.operate(verb, None)


EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "200"))
BusyMachine.TestCase.settings = settings(max_examples=EXAMPLES, stateful_step_count=15)
test_a_busy_breaker_does_what_its_model_does = BusyMachine.TestCase
