"""Telling a whole tape decides what telling call by call does; what is refused is counted without asking each call."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from recovery.engine import BreakerConfig
from recovery.engine.replay import Replay
from tests.engine.properties.outcomes import configs

MS = 1_000_000
ENTRIES = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from([0, 1, 40, 900, 4000]), st.sampled_from([0, 1, 1, 2, 3])), max_size=60
)


def _tape(entries: list[Any]) -> tuple[list[int], list[int], list[int]]:
    at, fast, times, what = 1_000, [], [], []
    for count, pause, kind in entries:
        at += pause
        fast.append(count)
        times.append(at)
        what.append(kind)
    return fast, times, what


def _one(replay: Replay, at: int, kind: int) -> None:
    if kind & 1:
        replay.failure(at, slow=kind == 3)
    elif kind:
        replay.slow_success(at)


def _by_tape(config: BreakerConfig, fast: list[int], at: list[int], what: list[int]) -> Replay:
    replay, i, since = Replay(config, 0), 0, at[0] if at else 0
    while i < len(what):
        stopped = replay.tape(fast, at, what, i, since)
        if stopped == i:
            replay.spread(fast[i], since * MS, at[i] * MS)
            _one(replay, at[i] * MS, what[i])
            stopped += 1
        i, since = stopped, at[stopped - 1]
    return replay


def _by_call(config: BreakerConfig, fast: list[int], at: list[int], what: list[int]) -> Replay:
    replay, since = Replay(config, 0), at[0] if at else 0
    for count, moment, kind in zip(fast, at, what, strict=True):
        for n in range(1, count + 1):
            replay.successes(1, since * MS + (moment - since) * MS * n // count)
        _one(replay, moment * MS, kind)
        since = moment
    return replay


@given(config=configs(), entries=ENTRIES)
def test_a_tape_told_at_once_is_a_tape_told_call_by_call(config: BreakerConfig, entries: list[Any]) -> None:
    config = config.replace(recovery_jitter=0.0, window="count")
    tape = _tape(entries)
    at_once, each = _by_tape(config, *tape), _by_call(config, *tape)
    assert at_once.changes == each.changes
    assert at_once.refused == each.refused
    assert at_once.state is each.state
    one, other = at_once.snapshot().totals, each.snapshot().totals
    assert (one["failures"], one["successes"]) == (other["failures"], other["successes"])


@given(entries=ENTRIES, threshold=st.integers(1, 4))
def test_a_time_window_without_rates_decides_by_streaks_alone(entries: list[Any], threshold: int) -> None:
    tape = _tape(entries)
    by_calls = BreakerConfig(failure_threshold=threshold, recovery_timeout=3)
    by_time = by_calls.replace(window="time", window_size=5)
    assert _by_tape(by_time, *tape).changes == _by_tape(by_calls, *tape).changes


@given(count=st.integers(1, 500), length=st.integers(0, 20_000), wait=st.integers(0, 15), failed=st.booleans())
def test_calls_come_evenly_and_those_within_the_wait_are_refused(
    count: int, length: int, wait: int, failed: bool
) -> None:
    replay = Replay(BreakerConfig(failure_threshold=1, recovery_timeout=wait), 0)
    replay.failure(0)
    admitted = replay.spread(count, 0, length * MS, failed=failed)
    assert admitted + replay.refused == count
    if not failed:
        early = sum(length * MS * n // count < wait * 1000 * MS for n in range(1, count + 1))
        assert replay.refused == early


@given(waited=st.floats(0, 30), spread=st.sampled_from([0.0, 0.25, 1.0]))
def test_a_recorded_wait_is_taken_as_far_as_it_can_have_been_drawn(waited: float, spread: float) -> None:
    config = BreakerConfig(failure_threshold=1, recovery_timeout=10, recovery_jitter=spread)
    replay = Replay(config, 0)
    replay.failure(0, waited=round(waited * 1e9))
    least, most = 10 * (1 - spread) - 0.01, 10 * (1 + spread)
    wait = replay.snapshot().retry_after
    assert wait is not None
    assert abs(wait - min(max(waited, least), most)) < 1e-6


def test_what_an_operator_did_is_done_where_it_is_legal() -> None:
    replay = Replay(BreakerConfig(failure_threshold=2, recovery_timeout=60), 0)
    replay.act("probe", 1)  # it is closed: nothing to probe
    replay.act("trip", 2)
    assert replay.spread(10, 2, 5) == 0
    replay.act("release", 6)
    assert replay.state == "OPEN"
    assert replay.successes(1, 7) == 1  # its wait is over
    assert [after.value for _, _, after in replay.changes] == ["FORCED-OPEN", "OPEN", "HALF-OPEN", "CLOSED"]
    replay.act("restore", 8)
    assert replay.state == "OPEN"
    assert replay.failure(9)
    replay.act("reset", 10)
    assert replay.state == "CLOSED"
