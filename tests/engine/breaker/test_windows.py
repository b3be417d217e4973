"""Sliding windows of calls and of seconds."""

from __future__ import annotations

import random
from collections import deque
from typing import Any

import pytest

from tests.engine.breaker.acts import Boom, fail, ok, timed


def figures(breaker: Any) -> Any:
    """Calls, failures and slow calls in the window."""
    window = breaker.snapshot().window
    return window["calls"], window["failures"], window["slow"]


class TestOfCalls:
    """The last so many settled calls."""

    def test_what_is_older_than_the_window_leaves_it(self, make: Any):
        """Three failures, pushed out one by one."""
        breaker = make(failure_threshold=None, failure_rate=100, window_size=5)
        fail(breaker, 3)
        seen = []
        for _ in range(5):
            ok(breaker)
            seen.append(figures(breaker))
        assert seen == [(4, 3, 0), (5, 3, 0), (5, 2, 0), (5, 1, 0), (5, 0, 0)]

    def test_an_old_failure_does_not_count_towards_the_rate(self, make: Any):
        """A rate of half in a window of four is not reached by failures that have left it."""
        breaker = make(failure_threshold=None, failure_rate=50, window_size=4, minimum_calls=4)
        for _ in range(5):
            fail(breaker)
            ok(breaker, 3)
        assert breaker.state == "CLOSED"
        fail(breaker, 2)
        assert breaker.state == "OPEN"

    @pytest.mark.parametrize("rate", [None, 100])
    @pytest.mark.parametrize("size", [1, 7, 100, 1500])
    def test_it_agrees_with_a_list_of_the_last_calls(self, make: Any, rate: Any, size: Any):
        """Whatever the order, whether or not a rate is judged, and also where it is longer than the tape."""
        breaker = make(failure_threshold=None, failure_rate=rate, window_size=size, minimum_calls=10**6)
        breaker.observe()
        draw = random.Random(7)
        last = deque(maxlen=size)
        for _ in range(3000):
            failed = draw.random() < 0.6
            last.append(failed)
            (fail if failed else ok)(breaker)
        assert figures(breaker) == (len(last), sum(last), 0)

    def test_slow_calls_leave_it_too(self, make: Any, clock: Any):
        """Slow and failed ones have places of their own."""
        breaker = make(slow_call_rate=100, slow_call_duration=1, window_size=3, minimum_calls=10)
        timed(breaker, clock, 1)
        ok(breaker, 2)
        assert figures(breaker) == (3, 0, 1)
        ok(breaker)
        assert figures(breaker) == (3, 0, 0)

    def test_time_does_not_age_it(self, make: Any, clock: Any):
        """A day later it is what it was."""
        breaker = make()
        fail(breaker, 2)
        clock.advance(86400)
        assert figures(breaker) == (2, 2, 0)


class TestOfSeconds:
    """The calls that ended in the last so many seconds."""

    @pytest.fixture
    def breaker(self, make: Any) -> Any:
        """Ten seconds; half of at least four calls."""
        return make(failure_threshold=None, failure_rate=50, window="time", window_size=10, minimum_calls=4)

    def test_calls_expire_by_themselves_when_read(self, breaker: Any, clock: Any):
        """Nobody calls, and still the window empties."""
        fail(breaker, 2)
        clock.advance(5)
        ok(breaker)
        assert figures(breaker) == (3, 2, 0)
        clock.advance(5)
        assert figures(breaker) == (1, 0, 0)
        clock.advance(5)
        assert figures(breaker) == (0, 0, 0)

    def test_just_before_its_end_a_call_is_still_in_it(self, breaker: Any, clock: Any):
        """To the hundredth of the window."""
        fail(breaker)
        clock.advance(9.89)
        assert figures(breaker) == (1, 1, 0)
        clock.advance(0.11)
        assert figures(breaker) == (0, 0, 0)

    def test_expired_failures_do_not_open(self, breaker: Any, clock: Any):
        """Three long ago and one now are not a rate."""
        fail(breaker, 3)
        clock.advance(10)
        fail(breaker)
        assert breaker.state == "CLOSED"

    def test_failures_within_it_open(self, breaker: Any, clock: Any):
        """Spread over the whole of it."""
        for _ in range(4):
            clock.advance(2)
            fail(breaker)
        assert breaker.state == "OPEN"

    def test_successes_within_it_dilute(self, breaker: Any, clock: Any):
        """They are counted though nothing is stored for them."""
        for _ in range(20):
            clock.advance(0.3)
            ok(breaker, 3)
            fail(breaker)
        assert breaker.state == "CLOSED"

    def test_the_minimum_is_not_bound_by_the_seconds(self, make: Any):
        """Ten calls in a window of one second are wanted if the config says ten."""
        breaker = make(failure_threshold=None, failure_rate=50, window="time", window_size=1, minimum_calls=10)
        fail(breaker, 9)
        assert breaker.state == "CLOSED"
        fail(breaker)
        assert breaker.state == "OPEN"

    def test_it_agrees_with_a_list_of_calls_and_times(self, make: Any, clock: Any):
        """Whatever comes, to the slice of a hundredth."""
        breaker = make(failure_threshold=None, window="time", window_size=10, minimum_calls=10**6)
        draw, calls = random.Random(3), []
        for number in range(2000):
            clock.advance(draw.choice([0, 0.1, 0.1, 0.3, 2.5]))
            failed = draw.random() < 0.3
            (fail if failed else ok)(breaker)
            calls.append((1000 + round(clock.monotonic() - 1000, 1), failed))
            if number % 7 == 0:
                recent = [failed for at, failed in calls if at > round(clock.monotonic() - 10, 1)]
                assert figures(breaker) == (len(recent), sum(recent), 0)

    def test_a_long_idle_time_is_caught_up_with_at_once(self, breaker: Any, clock: Any):
        """Years cost no more than a window."""
        fail(breaker, 2)
        clock.advance(10**9)
        assert figures(breaker) == (0, 0, 0)
        ok(breaker)
        fail(breaker)
        assert figures(breaker) == (2, 1, 0)


@pytest.mark.parametrize("window", ["count", "time"])
def test_closing_starts_an_empty_window(make: Any, clock: Any, window: Any):
    """What happened before the outage is forgotten."""
    breaker = make(failure_threshold=3, window=window)
    ok(breaker, 2)
    fail(breaker, 3)
    clock.advance(60)
    ok(breaker)
    assert breaker.state == "CLOSED"
    assert figures(breaker) == (0, 0, 0)


@pytest.mark.parametrize("window", ["count", "time"])
def test_the_window_is_kept_while_open(make: Any, clock: Any, window: Any):
    """It can be looked at."""
    breaker = make(failure_threshold=2, window=window)
    ok(breaker, 3)
    fail(breaker, 2)
    assert figures(breaker) == (5, 2, 0)


@pytest.mark.parametrize("window", ["count", "time"])
def test_probes_leave_the_window_alone(make: Any, clock: Any, window: Any):
    """Neither a failed nor a successful one is in it."""
    breaker = make(failure_threshold=2, window=window, half_open_successes=2, recovery_timeout=1)
    fail(breaker, 2)
    clock.advance(1)
    ok(breaker)
    assert figures(breaker) == (2, 2, 0)
    fail(breaker, exc=Boom())
    assert figures(breaker) == (2, 2, 0)
