"""What an operator asks for holds until released or its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from recovery.engine import CircuitBreakerHeldError
from tests.engine.breaker.acts import EVERY_DOOR, Boom, Guarded, bring, fail, ok, refused

VERBS = {"trip": "FORCED-OPEN", "disable": "DISABLED", "observe": "METRICS-ONLY"}
AFTER = {"trip": "OPEN", "disable": "CLOSED", "observe": "CLOSED"}
EACH = pytest.mark.parametrize("verb", VERBS)


@EVERY_DOOR
def test_a_tripped_breaker_refuses_as_held(make: Any, clock: Any, door: Any):
    """With its own error, for as long as it takes."""
    breaker = make(name="billing")
    guarded = Guarded(breaker, door)
    breaker.trip(reason="maintenance")
    clock.advance(10**6)
    with pytest.raises(CircuitBreakerHeldError) as caught:
        guarded()
    assert caught.value.retry_after is None
    assert "held open by an operator" in str(caught.value)
    assert breaker.state == "FORCED-OPEN"


@EVERY_DOOR
def test_a_disabled_breaker_lets_everything_through_and_records_nothing(make: Any, door: Any):
    """Not one number moves."""
    breaker = make(failure_threshold=1)
    guarded = Guarded(breaker, door)
    breaker.disable()
    before = breaker.snapshot()
    for _ in range(3):
        with pytest.raises(Boom):
            guarded(Boom())
        assert guarded("in") == "in"
    assert breaker.snapshot() == before
    assert breaker.last_failure is None


@EVERY_DOOR
def test_an_observed_breaker_records_and_never_rejects(make: Any, door: Any):
    """Every call is let in and counted."""
    breaker = make(failure_threshold=1)
    guarded = Guarded(breaker, door)
    breaker.observe()
    for _ in range(3):
        with pytest.raises(Boom):
            guarded(Boom())
    guarded()
    assert breaker.state == "METRICS-ONLY"
    totals = breaker.snapshot().totals
    assert (totals["calls"], totals["failures"], totals["refused"]) == (4, 3, 0)


@EACH
def test_the_hold_can_be_read(make: Any, clock: Any, verb: str):
    """Kind, reason, actor, end."""
    breaker = make()
    getattr(breaker, verb)(duration=30, reason="deploy", actor="alice")
    hold = breaker.snapshot().hold
    assert (hold.kind, hold.reason, hold.actor) == (VERBS[verb], "deploy", "alice")
    assert hold.until == clock.now() + timedelta(seconds=30)


@EACH
def test_without_an_end_it_holds_until_released(make: Any, clock: Any, verb: str):
    """Years."""
    breaker = make()
    getattr(breaker, verb)()
    assert breaker.snapshot().hold.until is None
    clock.advance(10**8)
    breaker.tick()
    assert breaker.state == VERBS[verb]
    breaker.release()
    assert breaker.state == AFTER[verb]
    assert breaker.snapshot().hold is None


@EACH
@pytest.mark.parametrize("by", ["tick", "call", "permit"])
def test_its_end_is_noticed_by_the_next_call_or_tick(make: Any, clock: Any, verb: str, by: Any):
    """At its end, not before; the next call of a tripped one probes, of the others is a normal one."""
    breaker = make()
    getattr(breaker, verb)(duration=5)
    clock.advance(4.999)
    breaker.tick()
    assert breaker.state == VERBS[verb]
    clock.advance(0.001)
    if by == "tick":
        breaker.tick()
        assert breaker.state == AFTER[verb]
    elif by == "permit":
        permit = breaker.acquire()
        assert breaker.state == ("HALF-OPEN" if verb == "trip" else "CLOSED")
        permit.release()
    else:
        ok(breaker)
        assert breaker.state == "CLOSED"


@pytest.mark.parametrize("verb", VERBS)
def test_its_end_is_noticed_by_a_decorated_call(make: Any, clock: Any, verb: str):
    """The fast way in knows of it too."""
    breaker = make(failure_threshold=1)
    work = breaker(lambda: 7)
    getattr(breaker, verb)(duration=5)
    clock.advance(5)
    assert work() == 7
    assert breaker.state == "CLOSED"


@EACH
def test_until_a_time_of_day(make: Any, clock: Any, verb: str):
    """Any aware datetime; it ends when that is reached."""
    breaker = make()
    until = (clock.now() + timedelta(seconds=90)).astimezone(timezone(timedelta(hours=5)))
    getattr(breaker, verb)(until=until)
    assert breaker.snapshot().hold.until == until
    clock.advance(89)
    breaker.tick()
    assert breaker.state == VERBS[verb]
    clock.advance(1)
    breaker.tick()
    assert breaker.state == AFTER[verb]


@EACH
@pytest.mark.parametrize(
    "values",
    [
        {"duration": 0},
        {"duration": -1},
        {"duration": float("nan")},
        {"duration": float("inf")},
        {"duration": "5"},
        {"duration": True},
        {"duration": 1e300},
        {"until": datetime(2099, 1, 1)},  # noqa: DTZ001 - refused because it is naive
        {"until": datetime(1999, 1, 1, tzinfo=UTC)},
        {"until": "tomorrow"},
        {"duration": 5, "until": datetime(2099, 1, 1, tzinfo=UTC)},
    ],
    ids=str,
)
def test_impossible_ends_are_refused(make: Any, verb: str, values: Any):
    """A ValueError that names the word; the state stays."""
    breaker = make()
    with pytest.raises(ValueError, match=r"duration|until"):
        getattr(breaker, verb)(**values)
    assert breaker.state == "CLOSED"


def test_retry_after_of_a_hold_is_its_end(make: Any, clock: Any):
    """Counting down; None without one."""
    breaker = make()
    breaker.trip(duration=30)
    clock.advance(10)
    assert breaker.retry_after == 20
    error = refused(breaker)
    assert error.retry_after == 20
    breaker.trip()
    assert breaker.retry_after is None


def test_a_released_trip_probes_with_its_next_call(make: Any):
    """OPEN with its wait over."""
    breaker = make()
    breaker.trip()
    breaker.release()
    assert (breaker.state, breaker.retry_after) == ("OPEN", 0)
    permit = breaker.acquire()
    assert breaker.state == "HALF-OPEN"
    permit.failure(Boom())
    assert (breaker.state, breaker.retry_after) == ("OPEN", 60)


@pytest.mark.parametrize("state", ["CLOSED", "OPEN", "HALF-OPEN"])
def test_release_without_a_hold_does_nothing(make: Any, state: Any):
    """No transition, no error."""
    breaker = bring(make(), state)
    before = breaker.snapshot()
    breaker.release(reason="done", actor="alice")
    assert breaker.snapshot() == before


@EACH
def test_reset_ends_a_hold(make: Any, verb: str):
    """Over any."""
    breaker = make()
    getattr(breaker, verb)(duration=5)
    breaker.reset()
    assert (breaker.state, breaker.snapshot().hold) == ("CLOSED", None)


def test_one_hold_replaces_another(make: Any, clock: Any):
    """The last word counts, with its own end."""
    breaker = make()
    breaker.trip(duration=5)
    breaker.observe()
    clock.advance(10)
    breaker.tick()
    assert breaker.state == "METRICS-ONLY"


def test_a_hold_that_ended_says_so(make: Any, clock: Any):
    """Its cause is told apart from a release."""
    breaker = make()
    breaker.disable(duration=5, actor="alice")
    clock.advance(5)
    breaker.tick()
    assert breaker.snapshot().cause == "the hold ended"


def test_an_open_breaker_tripped_and_released_keeps_its_failures_total(make: Any):
    """Totals are since start, whatever the holds."""
    breaker = make(failure_threshold=2)
    fail(breaker, 2)
    breaker.trip()
    breaker.release()
    ok(breaker)
    totals = breaker.snapshot().totals
    assert (totals["calls"], totals["failures"], totals["successes"]) == (3, 2, 1)
