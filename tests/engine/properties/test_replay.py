"""Fed what a breaker recorded, a replay makes the transitions that the breaker made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recovery.engine import BreakerConfig, CircuitBreaker, CircuitBreakerOpenError
from recovery.engine.replay import Replay
from tests.engine.properties.clock import SECOND, NanoClock
from tests.engine.properties.outcomes import Boom, configs

# Each: how long nothing came, how many calls then come one after the other, whether they fail, how long each takes.
RUNS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.3, 1.0, 5.0, 20.0]),
        st.sampled_from([1, 1, 1, 2, 5, 30]),
        st.booleans(),
        st.sampled_from([0.0, 0.0, 0.25, 1.0, 2.0]),
    ),
    max_size=30,
)
Fed = Callable[[bool, bool], None]


def _steady(config: BreakerConfig) -> BreakerConfig:
    """Without what a recording does not hold: drawn waits and what exceptions asked for."""
    return config.replace(recovery_jitter=0.0, open_on_retry_after=False)


def _lived(breaker: CircuitBreaker, clock: NanoClock, runs: list[Any], fed: Fed) -> None:
    """Live through ``runs``; ``fed`` hears of each call that was let in: whether it failed, whether it was slow."""

    @breaker
    def protected(failing: bool, seconds: float) -> None:
        clock.advance(seconds)
        if failing:
            raise Boom

    limit = breaker.config.slow_call_duration
    for pause, calls, failing, seconds in runs:
        clock.advance(pause)
        for _ in range(calls):
            with suppress(CircuitBreakerOpenError):
                with suppress(Boom):
                    protected(failing, seconds)
                fed(failing, limit is not None and seconds >= limit)


def _told(breaker: CircuitBreaker | Replay) -> list[Any]:
    """Its transitions, but for the time of day and the texts of failures."""
    return [
        (t.sequence, t.before, t.after, t.cause, {name: n for name, n in t.evidence.items() if name != "last_failure"})
        for t in breaker.snapshot().transitions
    ]


@given(config=configs(), runs=RUNS)
def test_a_replay_of_every_call_makes_the_same_transitions(config: BreakerConfig, runs: list[Any]) -> None:
    """Call by call, with the time of each: state, transitions with their evidence, totals and window are the same."""
    config, clock = _steady(config), NanoClock()
    breaker, replay = CircuitBreaker(config=config, clock=clock), Replay(config, clock.at)

    def fed(failing: bool, slow: bool) -> None:
        if failing:
            assert replay.failure(clock.at, slow=slow)
        else:
            assert replay.successes(1, clock.at, slow=slow) == 1

    _lived(breaker, clock, runs, fed)
    assert replay.successes(0, clock.at) == 0  # it is told how late it is
    lived, replayed = breaker.snapshot(), replay.snapshot()
    assert replay.refused == 0
    assert _told(replay) == _told(breaker)
    assert replayed.state is lived.state
    assert dict(replayed.totals) == dict(lived.totals) | {
        "refused": 0, "calls": lived.totals["calls"] - lived.totals["refused"],
    }  # fmt: skip
    assert dict(replayed.window) == dict(lived.window)


@given(config=configs(), runs=RUNS)
def test_a_replay_of_the_tape_makes_the_same_transitions(config: BreakerConfig, runs: list[Any]) -> None:
    """Numbers and times of failures and slow calls are enough: the successes between them are fed all at once."""
    config = _steady(config).replace(window="count")
    clock = NanoClock()
    breaker, replay = CircuitBreaker(config=config, clock=clock), Replay(config, clock.at)
    _lived(breaker, clock, runs, lambda _failing, _slow: None)
    entries, _, lost = breaker.tape_after()
    totals = breaker.snapshot().totals
    if lost:
        return
    before = 0
    for number, at, what in entries:
        fast = number - before - 1
        assert replay.successes(fast, at) == fast
        if what & 1:
            assert replay.failure(at, slow=bool(what & 2))
        else:
            assert replay.successes(1, at, slow=True) == 1
        before = number
    rest = totals["successes"] + totals["failures"] - before
    assert replay.successes(rest, clock.at) == rest
    assert _told(replay)[: len(_told(breaker))] == _told(breaker)
    assert replay.snapshot().totals["successes"] == totals["successes"]
    assert replay.snapshot().totals["failures"] == totals["failures"]


@given(before=st.integers(0, 10**15), failing=st.integers(1, 5))
def test_a_billion_successes_are_one_addition(before: int, failing: int) -> None:
    """However many successes there were, feeding them takes no time, and they count."""
    replay = Replay(BreakerConfig(failure_threshold=None, window_size=1000))
    assert replay.successes(before, SECOND) == before
    for _ in range(failing):
        replay.failure(SECOND)
    assert replay.snapshot().totals["successes"] == before
    assert replay.snapshot().window["calls"] == min(1000, before + failing)
