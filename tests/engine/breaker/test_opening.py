"""When a closed breaker opens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.breaker.acts import EVERY_DOOR, Boom, Guarded, fail, ok, timed


@EVERY_DOOR
def test_the_tripping_call_raises_its_own_error(make: Any, door: Any):
    """The failure that reaches the threshold opens, and is seen by its caller as it is."""
    guarded = Guarded(make(failure_threshold=2), door)
    for text in ("first", "second"):
        with pytest.raises(Boom, match=text):
            guarded(Boom(text))
    assert guarded.breaker.state == "OPEN"


@EVERY_DOOR
def test_one_failure_less_than_the_threshold_does_not_open(make: Any, door: Any):
    """Two of three."""
    guarded = Guarded(make(failure_threshold=3), door)
    for _ in range(2):
        with pytest.raises(Boom):
            guarded(Boom())
    assert guarded.breaker.state == "CLOSED"
    assert guarded.breaker.failures == 2


@EVERY_DOOR
def test_a_success_between_starts_the_streak_anew(make: Any, door: Any):
    """Consecutive means in a row."""
    guarded = Guarded(make(failure_threshold=2), door)
    for what in (Boom(), None, Boom()):
        if what is None:
            guarded()
        else:
            with pytest.raises(Boom):
                guarded(what)
    assert guarded.breaker.state == "CLOSED"
    assert guarded.breaker.failures == 1


def test_failures_of_different_doors_and_kinds_are_one_streak(make: Any):
    """A breaker counts calls, not functions or classes of exceptions."""
    breaker = make(failure_threshold=3)
    fail(breaker, exc=ValueError("x"))
    with pytest.raises(KeyError), breaker:
        raise KeyError
    breaker.acquire().failure(OSError())
    assert breaker.state == "OPEN"


def test_a_threshold_of_one_opens_at_the_first_failure(make: Any):
    """The lowest."""
    breaker = make(failure_threshold=1)
    fail(breaker)
    assert breaker.state == "OPEN"


def test_without_a_threshold_failures_in_a_row_never_open(make: Any):
    """None is off."""
    breaker = make(failure_threshold=None)
    fail(breaker, 200)
    assert breaker.state == "CLOSED"
    assert breaker.failures == 200


class TestFailureRate:
    """A share of failures in the window."""

    @pytest.mark.parametrize("rate", [50, 49.9, 1])
    def test_a_rate_at_or_above_the_threshold_opens(self, make: Any, rate: Any):
        """Half of ten, where at most half is wanted, opens."""
        breaker = make(failure_threshold=None, failure_rate=rate, minimum_calls=10)
        ok(breaker, 5)
        fail(breaker, 5)
        assert breaker.state == "OPEN"

    def test_a_rate_below_the_threshold_does_not(self, make: Any):
        """Half of ten is less than 50.1 %."""
        breaker = make(failure_threshold=None, failure_rate=50.1, minimum_calls=10)
        ok(breaker, 5)
        fail(breaker, 5)
        assert breaker.state == "CLOSED"

    def test_below_minimum_calls_no_rate_is_judged(self, make: Any):
        """Nine failures of nine say nothing where ten calls are wanted; the tenth does."""
        breaker = make(failure_threshold=None, failure_rate=50, minimum_calls=10)
        fail(breaker, 9)
        assert breaker.state == "CLOSED"
        fail(breaker)
        assert breaker.state == "OPEN"

    def test_a_fast_success_never_trips(self, make: Any):
        """The call that fills minimum_calls succeeds: the rate is far above, and still it is a failure that opens."""
        breaker = make(failure_threshold=None, failure_rate=50, minimum_calls=10)
        fail(breaker, 9)
        ok(breaker)
        assert breaker.state == "CLOSED"
        fail(breaker)
        assert breaker.state == "OPEN"

    def test_minimum_calls_above_a_count_window_means_the_window(self, make: Any):
        """A window of four calls can never hold ten."""
        breaker = make(failure_threshold=None, failure_rate=100, window_size=4, minimum_calls=10)
        fail(breaker, 3)
        assert breaker.state == "CLOSED"
        fail(breaker)
        assert breaker.state == "OPEN"

    def test_neutral_calls_are_not_in_the_window(self, make: Any):
        """They fill no minimum and dilute no rate."""
        breaker = make(failure_threshold=None, failure_rate=100, minimum_calls=3, ignore=KeyError)
        fail(breaker, 2)
        fail(breaker, 5, KeyError())
        assert breaker.state == "CLOSED"
        fail(breaker)
        assert breaker.state == "OPEN"


class TestSlowCalls:
    """A share of slow calls in the window."""

    def test_a_duration_equal_to_the_limit_is_slow(self, make: Any, clock: Any):
        """Inclusive."""
        breaker = make(failure_threshold=None, slow_call_rate=100, slow_call_duration=0.5, minimum_calls=1)
        timed(breaker, clock, 0.5)
        assert breaker.state == "OPEN"

    def test_a_shorter_one_is_not(self, make: Any, clock: Any):
        """However close."""
        breaker = make(failure_threshold=None, slow_call_rate=100, slow_call_duration=0.5, minimum_calls=1)
        timed(breaker, clock, 0.499999)
        assert breaker.state == "CLOSED"

    def test_a_slow_success_trips(self, make: Any, clock: Any):
        """The share of slow ones is reached by a call that went well."""
        breaker = make(slow_call_rate=50, slow_call_duration=1, minimum_calls=4)
        ok(breaker, 2)
        timed(breaker, clock, 1)
        timed(breaker, clock, 2)
        assert breaker.state == "OPEN"

    def test_a_fast_success_never_does(self, make: Any, clock: Any):
        """The minimum is filled by a fast one: not yet; the next slow one opens."""
        breaker = make(slow_call_rate=50, slow_call_duration=1, minimum_calls=4)
        for seconds in (1, 1, 1, 0):
            timed(breaker, clock, seconds)
        assert breaker.state == "CLOSED"
        timed(breaker, clock, 1)
        assert breaker.state == "OPEN"

    def test_a_slow_failure_counts_as_both(self, make: Any, clock: Any):
        """Failed and slow."""
        breaker = make(slow_call_rate=100, slow_call_duration=1, minimum_calls=5)
        timed(breaker, clock, 1, Boom())
        window = breaker.snapshot().window
        assert (window["failures"], window["slow"]) == (1, 1)

    def test_a_slow_success_ends_a_streak(self, make: Any, clock: Any):
        """It succeeded."""
        breaker = make(slow_call_rate=100, slow_call_duration=1, minimum_calls=50)
        fail(breaker, 3)
        timed(breaker, clock, 1)
        assert breaker.failures == 0

    def test_a_given_duration_is_believed(self, make: Any):
        """``permit.success(duration)`` needs no clock."""
        breaker = make(failure_threshold=None, slow_call_rate=100, slow_call_duration=0.5, minimum_calls=1)
        breaker.acquire().success(0.5)
        assert breaker.state == "OPEN"


def test_the_cause_and_evidence_of_a_streak(make: Any):
    """How many in a row, and the last error."""
    breaker = make(failure_threshold=2)
    fail(breaker, 2, ValueError("bad"))
    (made,) = breaker.snapshot().transitions
    assert made.cause == "2 failures in a row"
    assert made.evidence["consecutive_failures"] == 2
    assert made.evidence["last_failure"] == "ValueError: bad"
    assert (made.before, made.after, made.actor) == ("CLOSED", "OPEN", "")


def test_the_cause_and_evidence_of_a_rate(make: Any):
    """The share, the counts and the limit."""
    breaker = make(failure_threshold=None, failure_rate=40, minimum_calls=5)
    ok(breaker, 3)
    fail(breaker, 2)
    (made,) = breaker.snapshot().transitions
    assert made.cause == "40 % failed (2 of 5 calls, limit 40 %)"
    assert (made.evidence["calls"], made.evidence["failures"]) == (5, 2)


def test_the_cause_of_slowness(make: Any, clock: Any):
    """The share of slow calls."""
    breaker = make(slow_call_rate=40, slow_call_duration=1, minimum_calls=5)
    ok(breaker, 3)
    timed(breaker, clock, 1)
    timed(breaker, clock, 1)
    assert breaker.snapshot().cause == "40 % slow (2 of 5 calls, limit 40 %)"
