"""A breaker as plain, frozen data."""

from __future__ import annotations

import copy
import json
import pickle
from itertools import pairwise
from typing import Any

import pytest

from recovery.engine import BreakerState
from tests.engine.breaker.acts import bring, fail, ok, refused, timed

FIELDS = [
    "name", "service_name", "state", "since", "cause", "sequence", "config", "config_source", "hold", "retry_after",
    "window", "consecutive_failures", "totals", "latency", "percentiles", "last_failure", "half_open", "recoveries",
    "transitions", "dropped_events",
]  # fmt: skip
PARTS = {
    "window": ["kind", "calls", "failures", "slow", "failure_rate", "slow_rate"],
    "totals": ["calls", "successes", "failures", "ignored", "slow", "refused", "fallbacks"],
    "latency": ["bounds", "counts"],
    "percentiles": ["p50", "p95", "p99"],
    "last_failure": ["type", "text", "at"],
    "half_open": ["permits", "in_flight", "successes"],
    "recoveries": ["count", "mean_seconds", "last_seconds"],
    "hold": ["kind", "reason", "actor", "until"],
}
TRANSITION = ["sequence", "before", "after", "cause", "evidence", "actor", "at"]


def lived(make: Any, state: BreakerState) -> Any:
    """A breaker that has seen something of everything."""
    breaker = make(name="billing", service_name="shop", slow_call_duration=1, ignore=KeyError, failure_threshold=3)
    ok(breaker, 2)
    fail(breaker, 1, KeyError())
    fail(breaker, 3, ValueError("bad"))
    refused(breaker)
    breaker.reset(actor="alice")
    fail(breaker)
    return bring(breaker, state)


@pytest.mark.parametrize("state", list(BreakerState))
def test_it_has_the_fields_of_the_contract_and_is_json_ready(make: Any, state: BreakerState):
    """In every state, by name and in order."""
    told = lived(make, state).snapshot().as_dict()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert list(told) == FIELDS
    for name, parts in PARTS.items():
        if told[name] is not None:
            assert list(told[name]) == parts
    assert told["transitions"]
    assert all(list(each) == TRANSITION for each in told["transitions"])
    assert told["state"] == state.value


def test_a_fresh_one(make: Any, clock: Any):
    """Nothing has happened yet."""
    told = make().snapshot()
    assert (told.name, told.service_name, told.state, told.since) == (None, None, "CLOSED", clock.now())
    assert (told.cause, told.sequence, told.hold, told.retry_after) == ("", 0, None, None)
    assert told.window == {
        "kind": "count", "calls": 0, "failures": 0, "slow": 0, "failure_rate": None, "slow_rate": None
    }  # fmt: skip
    assert set(told.totals.values()) == {0}
    assert (told.latency, told.percentiles, told.last_failure, told.transitions) == (None, None, None, ())
    assert told.dropped_events == 0


def test_it_is_frozen_and_does_not_follow_the_breaker(make: Any):
    """One moment."""
    breaker = make()
    before = breaker.snapshot()
    with pytest.raises(AttributeError, match="frozen"):
        before.state = "OPEN"
    fail(breaker, 2)
    assert before.totals["failures"] == 0
    for change in (
        lambda: before.totals.update(failures=99),
        lambda: before.totals.__setitem__("failures", 99),
        lambda: before.totals.pop("failures"),
    ):
        with pytest.raises(TypeError, match="Figures is frozen"):
            change()
    with pytest.raises(AttributeError):
        before.totals.failures = 99
    assert breaker.snapshot().totals["failures"] == 2


def test_groups_of_figures_are_read_by_key_and_by_attribute(make: Any, clock: Any):
    """As hold and last_failure are."""
    breaker = make(slow_call_duration=1)
    timed(breaker, clock, 2)
    told = breaker.snapshot()
    assert (told.totals.calls, told.totals.slow, told.window.kind) == (1, 1, "count")
    assert told.half_open.permits == told.half_open["permits"] == 1
    assert (told.recoveries.count, sum(told.latency.counts)) == (0, 1)
    assert told.percentiles.p50 == told.percentiles["p50"]
    with pytest.raises(AttributeError, match="no figure 'call', only calls, successes"):
        _ = told.totals.call
    copied = copy.deepcopy(told)
    assert (copied, copied.totals.slow, hash(copied)) == (told, 1, hash(told))


def test_it_survives_pickle(make: Any):
    """To be sent elsewhere."""
    told = lived(make, "OPEN").snapshot()
    assert pickle.loads(pickle.dumps(told)) == told


def test_since_is_the_last_change_of_state(make: Any, clock: Any):
    """Not the last call."""
    breaker = make()
    clock.advance(5)
    breaker.trip()
    at = clock.now()
    clock.advance(5)
    breaker.trip()
    refused(breaker)
    assert breaker.snapshot().since == at


@pytest.mark.parametrize(("calls", "failure_rate"), [(3, None), (4, 50.0)])
def test_rates_are_none_below_minimum_calls(make: Any, calls: Any, failure_rate: Any):
    """And percentages above."""
    breaker = make(minimum_calls=4, failure_threshold=50)
    for number in range(calls):
        (fail if number % 2 else ok)(breaker)
    window = breaker.snapshot().window
    assert window["failure_rate"] == failure_rate
    assert window["slow_rate"] == (None if failure_rate is None else 0)


def test_totals_are_since_start_and_add_up(make: Any, clock: Any):
    """calls = successes + failures + ignored + refused, through every state."""
    breaker = make(failure_threshold=2, recovery_timeout=1, ignore=KeyError)
    expected = dict.fromkeys(PARTS["totals"], 0)
    for _ in range(3):
        ok(breaker, 3)
        fail(breaker, 1, KeyError())
        fail(breaker, 2)
        refused(breaker)
        clock.advance(1)
        ok(breaker)
        breaker.trip()
        refused(breaker)
        breaker.reset()
        breaker.observe()
        fail(breaker, 1)
        breaker.disable()
        fail(breaker, 1)
        breaker.reset()
    expected |= {"calls": 30, "successes": 12, "failures": 9, "ignored": 3, "refused": 6}
    assert breaker.snapshot().totals == expected


def test_the_ring_keeps_the_last_256_transitions(make: Any):
    """Newest last."""
    breaker = make()
    for _ in range(200):
        breaker.trip()
        breaker.reset()
    made = breaker.snapshot().transitions
    assert (len(made), made[0].sequence, made[-1].sequence) == (256, 145, 400)


def test_where_the_configuration_comes_from(make: Any):
    """Default or code."""
    from recovery.engine import CircuitBreaker

    assert CircuitBreaker().snapshot().config_source == "default"
    assert CircuitBreaker(5, 60).snapshot().config_source == "code"
    assert make().snapshot().config_source == "code"


class TestLatency:
    """Measured only where something asks for it."""

    @pytest.mark.parametrize("values", [{"slow_call_duration": 100}, {"window": "time"}])
    def test_slow_calls_and_time_windows_ask(self, make: Any, clock: Any, values: Any):
        """Then every settled call is in the histogram."""
        breaker = make(failure_threshold=50, **values)
        for seconds in (0.001, 0.001, 0.002, 0.004):
            timed(breaker, clock, seconds)
        timed(breaker, clock, 0.008, ValueError())
        told = breaker.snapshot()
        assert sum(told.latency["counts"]) == 5
        assert len(told.latency["counts"]) == len(told.latency["bounds"])
        assert told.percentiles["p50"] <= told.percentiles["p95"] <= told.percentiles["p99"]

    def test_otherwise_there_is_none(self, make: Any, clock: Any):
        """Not even zeros."""
        breaker = make()
        timed(breaker, clock, 1)
        told = breaker.snapshot()
        assert (told.latency, told.percentiles) == (None, None)

    def test_before_the_first_call_the_percentiles_are_none(self, make: Any):
        """Each of them."""
        told = make(slow_call_duration=1).snapshot()
        assert told.percentiles == {"p50": None, "p95": None, "p99": None}
        assert sum(told.latency["counts"]) == 0

    def test_bounds_are_a_factor_of_two_apart(self, make: Any):
        """From nanoseconds to half an hour and more."""
        bounds = make(slow_call_duration=1).snapshot().latency["bounds"]
        assert bounds[0] == 1e-9
        assert bounds[-1] > 1800
        assert all(two == pytest.approx(2 * one) for one, two in pairwise(bounds))

    @pytest.mark.parametrize("seconds", [1e-9, 1e-6, 0.0013, 0.25, 7, 5000])
    def test_a_percentile_lies_in_the_bucket_of_its_calls(self, make: Any, clock: Any, seconds: Any):
        """Within a factor of two of the truth, whatever the size."""
        breaker = make(slow_call_duration=10**6)
        for _ in range(100):
            breaker.acquire().success(seconds)
        for value in breaker.snapshot().percentiles.values():
            assert seconds / 2 <= value <= seconds * 2 or (seconds == 5000 and value > 2000)

    def test_percentiles_are_interpolated_within_a_bucket(self, make: Any):
        """Higher ones lie higher."""
        breaker = make(slow_call_duration=10**6)
        for _ in range(100):
            breaker.acquire().success(0.001)
        told = breaker.snapshot().percentiles
        assert told["p50"] < told["p95"] < told["p99"]

    def test_the_histogram_goes_on_through_periods(self, make: Any, clock: Any):
        """Since start."""
        breaker = make(slow_call_duration=100)
        timed(breaker, clock, 0.5)
        breaker.reset()
        timed(breaker, clock, 0.5)
        assert sum(breaker.snapshot().latency["counts"]) == 2
