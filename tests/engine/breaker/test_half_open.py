"""A few probes go in, and the breaker goes by what they say."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from recovery.engine import CircuitBreakerOpenError
from tests.engine.breaker.acts import EVERY_DOOR, Boom, Guarded, bring, fail, ok, refused, timed


@EVERY_DOOR
def test_a_successful_probe_closes(make: Any, door: Any):
    """By every door."""
    guarded = Guarded(bring(make(), "HALF-OPEN"), door)
    guarded()
    assert guarded.breaker.state == "CLOSED"
    assert guarded.breaker.failures == 0


@EVERY_DOOR
def test_a_failed_probe_opens_again(make: Any, door: Any):
    """One is enough; the wait starts anew."""
    guarded = Guarded(bring(make(failure_threshold=100), "HALF-OPEN"), door)
    with pytest.raises(Boom):
        guarded(Boom())
    assert guarded.breaker.state == "OPEN"
    assert guarded.breaker.retry_after == 60


def test_as_many_successes_as_wanted_close(make: Any):
    """Two of three leave it half-open."""
    breaker = bring(make(half_open_successes=3), "HALF-OPEN")
    ok(breaker, 2)
    assert breaker.state == "HALF-OPEN"
    assert breaker.snapshot().half_open == {"permits": 1, "in_flight": 0, "successes": 2}
    ok(breaker)
    assert breaker.state == "CLOSED"


def test_a_failure_after_successes_opens(make: Any):
    """They are not set off against each other, and the next time they start at none."""
    breaker = bring(make(half_open_successes=3), "HALF-OPEN")
    ok(breaker, 2)
    fail(breaker)
    breaker.probe()
    ok(breaker, 2)
    assert breaker.state == "HALF-OPEN"


@pytest.mark.parametrize("permits", [1, 3])
def test_at_most_so_many_are_in_flight(make: Any, permits: Any):
    """The next one is refused, with no time to say; one that comes back makes room."""
    breaker = bring(make(half_open_permits=permits, half_open_successes=10), "HALF-OPEN")
    held = [breaker.acquire() for _ in range(permits)]
    assert refused(breaker).retry_after is None
    assert breaker.retry_after is None
    held.pop().success()
    held.append(breaker.acquire())
    refused(breaker)


def test_only_one_of_many_threads_gets_the_probe(make: Any, clock: Any):
    """All come at once at the deadline."""
    breaker = make(failure_threshold=1)
    fail(breaker)
    clock.advance(60)
    together, let_in, errors = threading.Barrier(16), [], []

    def ask():
        together.wait()
        try:
            let_in.append(breaker.acquire())
        except CircuitBreakerOpenError as error:
            errors.append(error)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(let_in), len(errors)) == (1, 15)


def test_minimum_calls_does_not_apply(make: Any):
    """One probe decides, also where rates want ten calls."""
    breaker = bring(make(failure_threshold=None, failure_rate=50, minimum_calls=10), "HALF-OPEN")
    fail(breaker)
    assert breaker.state == "OPEN"


@pytest.mark.parametrize("how", ["ignored", "cancelled", "released"])
def test_a_neutral_probe_gives_its_permit_back(make: Any, how: Any):
    """It says nothing: still half-open, and the next one may try."""
    breaker = bring(make(ignore=KeyError), "HALF-OPEN")
    permit = breaker.acquire()
    refused(breaker)
    if how == "ignored":
        permit.failure(KeyError())
    elif how == "cancelled":
        permit.failure(KeyboardInterrupt())
    else:
        permit.release()
    assert breaker.state == "HALF-OPEN"
    ok(breaker)
    assert breaker.state == "CLOSED"


def test_a_success_by_rule_closes(make: Any):
    """An exception in ``success`` proves that the service answered."""
    breaker = bring(make(success=LookupError), "HALF-OPEN")
    fail(breaker, exc=KeyError())
    assert breaker.state == "CLOSED"


class TestSlowProbe:
    """Where slow calls are configured, a slow probe is a failed one."""

    def test_it_opens_again(self, make: Any, clock: Any):
        """Though it succeeded."""
        breaker = bring(make(slow_call_duration=1), "HALF-OPEN")
        timed(breaker, clock, 1)
        assert breaker.state == "OPEN"
        assert breaker.snapshot().cause == "slow probe"

    def test_a_fast_one_closes(self, make: Any, clock: Any):
        """Just below."""
        breaker = bring(make(slow_call_duration=1), "HALF-OPEN")
        timed(breaker, clock, 0.999)
        assert breaker.state == "CLOSED"

    def test_without_a_duration_none_is_slow(self, make: Any, clock: Any):
        """It may take its time within half_open_max_wait."""
        breaker = bring(make(), "HALF-OPEN")
        timed(breaker, clock, 59)
        assert breaker.state == "CLOSED"


class TestHungProbe:
    """A probe that does not come back in time is reclaimed."""

    def hung(self, make: Any, clock: Any, **values: Any) -> Any:
        """A probe in flight, and its breaker."""
        breaker = bring(make(half_open_max_wait=5, **values), "HALF-OPEN")
        return breaker, breaker.acquire()

    @pytest.mark.parametrize("by", ["call", "tick"])
    def test_the_next_call_or_tick_finds_it(self, make: Any, clock: Any, by: Any):
        """It reopens with its own cause; the wait starts then."""
        breaker, _ = self.hung(make, clock)
        clock.advance(50)
        assert breaker.state == "HALF-OPEN"
        refused(breaker) if by == "call" else breaker.tick()
        assert breaker.state == "OPEN"
        assert breaker.snapshot().cause == "probe timed out"
        assert breaker.retry_after == 60

    def test_before_its_time_it_is_left_alone(self, make: Any, clock: Any):
        """It may still answer."""
        breaker, permit = self.hung(make, clock)
        clock.advance(4.999)
        breaker.tick()
        refused(breaker)
        permit.success()
        assert breaker.state == "CLOSED"

    @pytest.mark.parametrize("outcome", ["success", "failure", "release"])
    def test_its_late_result_is_dropped(self, make: Any, clock: Any, outcome: Any):
        """It counts nowhere and changes nothing."""
        breaker, permit = self.hung(make, clock)
        clock.advance(5)
        breaker.tick()
        before = breaker.snapshot()
        getattr(permit, outcome)()
        assert breaker.snapshot() == before

    def test_it_counts_as_an_opening(self, make: Any, clock: Any):
        """Growth goes on."""
        breaker, _ = self.hung(make, clock, failure_threshold=1, recovery_growth=2)
        for _ in range(2):
            clock.advance(5)
            breaker.tick()
            breaker.probe()
            breaker.acquire()
        clock.advance(5)
        breaker.tick()
        assert breaker.retry_after == 240

    @pytest.mark.parametrize(("timeout", "wait"), [(30, 30), (0.2, 1), (0, 1)])
    def test_by_default_it_may_take_the_recovery_timeout_but_a_second_at_least(
        self, make: Any, clock: Any, timeout: Any, wait: Any
    ):
        """``half_open_max_wait=None``."""
        breaker = bring(make(recovery_timeout=timeout), "HALF-OPEN")
        breaker.acquire()
        clock.advance(wait - 0.001)
        breaker.tick()
        assert breaker.state == "HALF-OPEN"
        clock.advance(0.001)
        breaker.tick()
        assert breaker.state == "OPEN"

    def test_one_of_several_is_enough(self, make: Any, clock: Any):
        """Each has its own time."""
        breaker = bring(make(half_open_permits=2, half_open_successes=5, half_open_max_wait=5), "HALF-OPEN")
        breaker.acquire()
        clock.advance(3)
        second = breaker.acquire()
        clock.advance(2)
        breaker.tick()
        assert breaker.state == "OPEN"
        second.success()
        assert breaker.state == "OPEN"


def test_the_streak_goes_on_with_a_failed_probe(make: Any, clock: Any):
    """Failures are counted through the outage."""
    breaker = make(failure_threshold=2, recovery_timeout=1)
    fail(breaker, 2)
    clock.advance(1)
    fail(breaker)
    assert breaker.failures == 3


def test_recoveries_are_remembered(make: Any, clock: Any):
    """From the first opening to the close, however often it probed in vain."""
    breaker = make(failure_threshold=1, recovery_timeout=10)
    assert breaker.snapshot().recoveries == {"count": 0, "mean_seconds": None, "last_seconds": None}
    fail(breaker)
    clock.advance(10)
    fail(breaker)
    clock.advance(20)
    ok(breaker)
    assert breaker.snapshot().recoveries == {"count": 1, "mean_seconds": 30, "last_seconds": 30}
    fail(breaker)
    clock.advance(10)
    ok(breaker)
    assert breaker.snapshot().recoveries == {"count": 2, "mean_seconds": 20, "last_seconds": 10}
