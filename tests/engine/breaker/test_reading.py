"""Reading never changes anything and emits nothing."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine import BreakerState
from recovery.testing import drain
from tests.engine.breaker.acts import bring, fail, ok


def read(breaker: Any):
    """Read everything there is."""
    breaker.snapshot().as_dict()
    for _ in range(3):
        repr(breaker), str(breaker)
        _ = breaker.state, breaker.failures, breaker.last_failure, breaker.last_failure_time, breaker.retry_after
    breaker.transitions_after(0), breaker.tape_after(0)


@pytest.mark.parametrize("state", list(BreakerState))
def test_reading_makes_no_transition_even_when_one_is_due(make: Any, clock: Any, state: BreakerState):
    """Long after deadline, end of hold or of a probe's time."""
    events = []
    breaker = make()
    breaker.on_event(events.append)
    bring(breaker, state)
    if state == "HALF-OPEN":
        breaker.acquire()
    drain()
    before, told = breaker.snapshot(), len(events)
    clock.advance(10**6)
    read(breaker)
    drain()
    assert breaker.state == state
    assert breaker.snapshot().sequence == before.sequence
    assert breaker.snapshot().totals == before.totals
    assert len(events) == told


@pytest.mark.parametrize("verb", ["trip", "disable", "observe"])
def test_a_hold_past_its_end_reads_as_the_hold(make: Any, clock: Any, verb: str):
    """Until a call or tick notices; ``hold.until`` is past."""
    breaker = make()
    getattr(breaker, verb)(duration=5)
    state = breaker.state
    clock.advance(6)
    read(breaker)
    assert breaker.state == state
    assert breaker.snapshot().hold.until < clock.now()


def test_state_reads_open_until_a_probe_is_really_let_in(make: Any, clock: Any):
    """The deadline alone changes nothing."""
    breaker = make(failure_threshold=1)
    fail(breaker)
    clock.advance(61)
    assert breaker.state == "OPEN"
    assert breaker.retry_after == 0
    breaker.tick()
    assert breaker.state == "OPEN"
    with breaker:
        assert breaker.state == "HALF-OPEN"
    assert breaker.state == "CLOSED"


def test_the_last_failure_is_type_text_and_time(make: Any, clock: Any):
    """As of when it happened, however late it is read."""
    breaker = make()
    at = clock.now()
    fail(breaker, exc=ValueError("bad"))
    clock.advance(100)
    last = breaker.last_failure
    assert (last.type, last.text, last.at) == ("ValueError", "bad", at)
    assert breaker.last_failure_time == at
    assert at.tzinfo is not None
    assert str(last) == "ValueError: bad"


def test_before_any_failure_there_is_none(make: Any):
    """None, not a made-up one."""
    breaker = make()
    ok(breaker)
    assert (breaker.last_failure, breaker.last_failure_time, breaker.failures) == (None, None, 0)


def test_the_last_failure_survives_a_recovery(make: Any, clock: Any):
    """It is the last one still."""
    breaker = make(failure_threshold=1)
    fail(breaker, exc=ValueError("bad"))
    clock.advance(60)
    ok(breaker)
    assert breaker.last_failure.text == "bad"
    assert breaker.failures == 0


def test_the_text_of_a_failure_is_bounded_and_scrubbed(make: Any):
    """Neither a megabyte nor a password is kept."""
    breaker = make()
    fail(breaker, exc=ValueError("x" * 10**6))
    assert len(breaker.last_failure.text) == 500
    fail(breaker, exc=ValueError("password=hunter2"))
    assert "hunter2" not in breaker.last_failure.text


def test_an_unreadable_exception_is_a_failure_like_any_other(make: Any):
    """Its ``__str__`` raises: the caller gets it all the same."""

    class Unreadable(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    breaker = make(failure_threshold=2)
    work = breaker(lambda: (_ for _ in ()).throw(Unreadable()))
    for _ in range(2):
        with pytest.raises(Unreadable):
            work()
    assert breaker.state == "OPEN"
    assert breaker.last_failure.type == "Unreadable"


def test_repr_names_breaker_and_state(make: Any):
    """For people who debug."""
    breaker = make(name="billing")
    fail(breaker, 2)
    assert repr(breaker) == "<CircuitBreaker 'billing' CLOSED failures=2>"


def test_the_config_in_force_can_be_read(make: Any):
    """With its values."""
    assert make(failure_threshold=7).config.failure_threshold == 7
