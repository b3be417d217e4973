"""Taking over a state from elsewhere, at start-up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.breaker.acts import fail, ok, refused


@pytest.mark.parametrize(
    ("opened_for", "left"), [(0, 60), (20, 40), (60, 0), (61, 0), (1e9, 0), (-5, 60), (float("inf"), 0)]
)
def test_the_time_it_was_open_is_clamped(make: Any, opened_for: Any, left: Any):
    """To [0, recovery_timeout]."""
    breaker = make()
    breaker.restore("OPEN", opened_for)
    assert (breaker.state, breaker.retry_after) == ("OPEN", left)


def test_one_that_has_waited_long_enough_probes_on_its_first_call(make: Any):
    """The first call goes in as a probe."""
    breaker = make()
    breaker.restore("OPEN", 60)
    permit = breaker.acquire()
    assert breaker.state == "HALF-OPEN"
    permit.success()
    assert breaker.state == "CLOSED"


def test_one_that_has_not_refuses(make: Any, clock: Any):
    """For what is left."""
    breaker = make()
    breaker.restore("open", 50)
    assert refused(breaker).retry_after == 10
    clock.advance(10)
    ok(breaker)


def test_half_open_is_an_open_one_whose_wait_is_over(make: Any):
    """Its probes stayed elsewhere."""
    breaker = make()
    breaker.restore("HALF_OPEN")
    assert (breaker.state, breaker.retry_after) == ("OPEN", 0)


def test_closed_changes_nothing(make: Any):
    """Neither state nor counts."""
    breaker = make()
    fail(breaker, 2)
    before = breaker.snapshot()
    breaker.restore("CLOSED", 5)
    assert breaker.snapshot() == before


@pytest.mark.parametrize("state", ["FORCED-OPEN", "DISABLED", "METRICS-ONLY"])
def test_holds_are_asked_for_not_restored(make: Any, state: Any):
    """A ValueError that says so."""
    with pytest.raises(ValueError, match=f"{state}: a hold is asked for"):
        make().restore(state)


@pytest.mark.parametrize("state", ["AJAR", "", None, 3])
def test_an_unknown_state_is_refused(make: Any, state: Any):
    """A ValueError."""
    with pytest.raises(ValueError, match="BreakerState"):
        make().restore(state)


@pytest.mark.parametrize("opened_for", [float("nan"), "5", None, True])
def test_an_impossible_time_is_refused(make: Any, opened_for: Any):
    """A ValueError that names the argument."""
    with pytest.raises(ValueError, match="opened_for"):
        make().restore("OPEN", opened_for)


def test_it_is_a_transition_with_its_cause(make: Any):
    """And can be seen as such."""
    breaker = make()
    breaker.restore("OPEN", 12)
    (made,) = breaker.snapshot().transitions
    assert (made.before, made.after, made.cause) == ("CLOSED", "OPEN", "restored, open for 12 s")
