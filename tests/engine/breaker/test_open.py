"""An open breaker refuses, until its deadline."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine import CircuitBreakerHeldError, CircuitBreakerOpenError
from tests.engine.breaker.acts import EVERY_DOOR, Boom, Guarded, fail, ok, refused


@EVERY_DOOR
def test_it_refuses_without_a_call(make: Any, door: Any):
    """Whatever door, nothing is called, and the refusal is counted."""
    breaker = make(failure_threshold=1)
    guarded = Guarded(breaker, door)
    fail(breaker)
    with pytest.raises(CircuitBreakerOpenError):
        guarded(AssertionError("called"))
    assert breaker.snapshot().totals["refused"] == 1


@EVERY_DOOR
@pytest.mark.parametrize(("seconds", "state"), [(59.999, "OPEN"), (60, "CLOSED"), (1e6, "CLOSED")])
def test_the_deadline_is_inclusive(make: Any, clock: Any, door: Any, seconds: Any, state: Any):
    """At exactly recovery_timeout one probe is let in; before, none."""
    breaker = make(failure_threshold=1)
    guarded = Guarded(breaker, door)
    fail(breaker)
    clock.advance(seconds)
    if state == "OPEN":
        with pytest.raises(CircuitBreakerOpenError):
            guarded()
    else:
        assert guarded("in") == "in"
    assert breaker.state == state


def test_a_timeout_of_zero_probes_at_once(make: Any):
    """0 is a timeout, not a missing one."""
    breaker = make(failure_threshold=1, recovery_timeout=0)
    fail(breaker)
    assert breaker.state == "OPEN"
    ok(breaker)
    assert breaker.state == "CLOSED"


def test_the_refusal_says_who_why_and_how_long(make: Any, clock: Any):
    """Name, the last failure's type and text, seconds to go."""
    breaker = make(failure_threshold=1, name="billing")
    fail(breaker, exc=ValueError("bad"))
    clock.advance(20)
    error = refused(breaker)
    assert (error.name, error.retry_after) == ("billing", 40)
    assert (error.last_failure.type, error.last_failure.text) == ("ValueError", "bad")
    assert str(error) == "circuit breaker 'billing' is open, retry after 40 s; last failure: ValueError: bad"
    assert not isinstance(error, CircuitBreakerHeldError)


def test_retry_after_of_a_refusal_does_not_change_later(make: Any, clock: Any):
    """It is seen from the refusal, not from when it is read."""
    breaker = make(failure_threshold=1)
    fail(breaker)
    clock.advance(10)
    error = refused(breaker)
    clock.advance(30)
    refused(breaker)
    assert error.retry_after == 50


def test_retry_after_of_the_breaker_counts_down(make: Any, clock: Any):
    """To 0, and stays there until a probe goes."""
    breaker = make(failure_threshold=1)
    assert breaker.retry_after is None
    fail(breaker)
    seen = []
    for _ in range(4):
        seen.append(breaker.retry_after)
        clock.advance(25)
    assert seen == [60, 35, 10, 0]


class TestGrowth:
    """Each opening in a row waits longer."""

    def openings(self, breaker: Any, clock: Any, times: Any) -> Any:
        """The waits of so many openings in a row."""
        waits = []
        fail(breaker)
        for _ in range(times):
            waits.append(breaker.retry_after)
            clock.advance(breaker.retry_after)
            fail(breaker)
        return waits

    def test_consecutive_openings_grow(self, make: Any, clock: Any):
        """10, 20, 40 …"""
        breaker = make(failure_threshold=1, recovery_timeout=10, recovery_growth=2)
        assert self.openings(breaker, clock, 4) == [10, 20, 40, 80]

    def test_growth_ends_at_the_maximum(self, make: Any, clock: Any):
        """… and never beyond, whatever the exponent."""
        breaker = make(failure_threshold=1, recovery_timeout=10, recovery_growth=1e9, recovery_timeout_max=30)
        assert self.openings(breaker, clock, 50) == [10, *[30] * 49]

    def test_the_maximum_does_not_shorten_the_timeout_itself(self, make: Any, clock: Any):
        """It bounds what growth adds."""
        breaker = make(failure_threshold=1, recovery_timeout=100, recovery_growth=2, recovery_timeout_max=30)
        assert self.openings(breaker, clock, 3) == [100, 100, 100]

    def test_a_close_resets_it(self, make: Any, clock: Any):
        """After a recovery the first wait is the first again."""
        breaker = make(failure_threshold=1, recovery_timeout=10, recovery_growth=2)
        self.openings(breaker, clock, 3)
        clock.advance(1000)
        ok(breaker)
        assert self.openings(breaker, clock, 2) == [10, 20]

    def test_a_reset_resets_it(self, make: Any, clock: Any):
        """As any close."""
        breaker = make(failure_threshold=1, recovery_timeout=10, recovery_growth=2)
        self.openings(breaker, clock, 3)
        breaker.reset()
        assert self.openings(breaker, clock, 1) == [10]

    def test_trips_do_not_advance_it(self, make: Any, clock: Any):
        """The operator's holds are no openings."""
        breaker = make(failure_threshold=1, recovery_timeout=10, recovery_growth=2)
        for _ in range(3):
            breaker.trip()
            breaker.release()
        fail(breaker)
        assert breaker.retry_after == 10


class TestJitter:
    """A share of the wait to either side."""

    def waits(self, make: Any, clock: Any, **values: Any) -> Any:
        """Of many breakers."""
        found = []
        for _ in range(200):
            breaker = make(failure_threshold=1, **values)
            fail(breaker)
            found.append(breaker.retry_after)
        return found

    def test_it_spreads_within_its_share(self, make: Any, clock: Any):
        """20 % of 100 s is 80 to 120, and both sides occur."""
        waits = self.waits(make, clock, recovery_timeout=100, recovery_jitter=0.2)
        assert all(80 <= wait <= 120 for wait in waits)
        assert min(waits) < 95
        assert max(waits) > 105

    def test_it_never_exceeds_the_maximum(self, make: Any, clock: Any):
        """Applied, then capped."""
        waits = self.waits(make, clock, recovery_timeout=100, recovery_jitter=1, recovery_timeout_max=100)
        assert all(0 <= wait <= 100 for wait in waits)

    def test_without_it_all_wait_alike(self, make: Any, clock: Any):
        """0 is none."""
        assert set(self.waits(make, clock, recovery_timeout=100, recovery_jitter=0)) == {100}

    def test_the_drawn_wait_stays(self, make: Any, clock: Any):
        """Reading does not draw again."""
        breaker = make(failure_threshold=1, recovery_jitter=0.5)
        fail(breaker)
        assert len({breaker.retry_after for _ in range(10)}) == 1


def test_the_wait_begins_with_the_opening_not_with_a_refusal(make: Any, clock: Any):
    """Hammering it does not prolong it."""
    breaker = make(failure_threshold=1)
    fail(breaker)
    for _ in range(59):
        clock.advance(1)
        refused(breaker)
    clock.advance(1)
    ok(breaker)


def test_an_error_of_the_breaker_does_not_feed_it(make: Any):
    """Refusals are no failures: the streak stays."""
    breaker = make(failure_threshold=1)
    fail(breaker, exc=Boom())
    for _ in range(5):
        refused(breaker)
    assert breaker.failures == 1
