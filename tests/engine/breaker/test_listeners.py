"""Listeners hear of every transition, in order, and never get in a call's way."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from recovery.testing import drain
from tests.engine.breaker.acts import fail, ok, refused

FIELDS = ("kind", "breaker", "before", "after", "cause", "evidence", "actor", "sequence", "at")


def test_an_event_is_frozen_and_has_the_fields_of_the_contract(make: Any, clock: Any):
    """By name."""
    breaker, heard = make(name="billing"), []
    breaker.on_event(heard.append)
    breaker.trip(reason="deploy", actor="alice")
    assert drain()
    (event,) = heard
    assert tuple(event.as_dict()) == FIELDS
    assert (event.kind, event.breaker, event.before, event.after) == ("transition", "billing", "CLOSED", "FORCED-OPEN")
    assert (event.actor, event.sequence, event.at) == ("alice", 1, clock.now())
    with pytest.raises(AttributeError, match="frozen"):
        event.kind = "other"


def test_all_in_order(make: Any, clock: Any):
    """As the sequence says."""
    breaker, heard = make(failure_threshold=1, recovery_timeout=1), []
    breaker.on_event(lambda event: heard.append(event.sequence))
    for _ in range(50):
        fail(breaker)
        clock.advance(1)
        ok(breaker)
    drain()
    assert heard == list(range(1, 151))


def test_in_order_from_many_threads(make: Any):
    """Offered under the lock that numbers them."""
    breaker, heard = make(), []
    breaker.on_event(lambda event: heard.append(event.sequence))

    def act():
        for _ in range(50):
            breaker.trip()
            breaker.reset()

    threads = [threading.Thread(target=act) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain()
    assert heard == sorted(heard)
    assert len(heard) + breaker.snapshot().dropped_events == breaker.snapshot().sequence


def test_several_listeners_hear_the_same(make: Any):
    """Each everything."""
    breaker, one, two = make(), [], []
    breaker.on_event(one.append)
    breaker.on_event(two.append)
    breaker.trip()
    breaker.reset()
    drain()
    assert one == two
    assert len(one) == 2


def test_a_raising_listener_changes_nothing(make: Any, caplog: pytest.LogCaptureFixture):
    """Neither the call nor the other listeners."""
    breaker, heard = make(failure_threshold=1), []

    def broken(_event: Any):
        raise ZeroDivisionError

    breaker.on_event(broken)
    breaker.on_event(heard.append)
    fail(breaker)
    refused(breaker)
    drain()
    assert len(heard) == 1
    assert "ZeroDivisionError" in caplog.text


def test_a_slow_listener_delays_nobody_and_drops_are_counted(make: Any):
    """Its queue is bounded; the ring loses nothing that is read in time."""
    breaker, go_on, heard = make(), threading.Event(), []

    def slow(event: Any):
        go_on.wait(10)
        heard.append(event.sequence)

    breaker.on_event(slow)
    begun = time.perf_counter()
    for _ in range(1000):
        breaker.trip()
        breaker.reset()
    took = time.perf_counter() - begun
    dropped = breaker.snapshot().dropped_events
    go_on.set()
    drain()
    assert took < 5
    assert dropped >= 990
    assert len(heard) + dropped == 2000
    assert heard == sorted(heard)


def test_it_is_called_on_another_thread(make: Any):
    """One dispatcher for all."""
    one, two, threads = make(), make(), set()
    for breaker in (one, two):
        breaker.on_event(lambda _event: threads.add(threading.current_thread()))
        breaker.trip()
    drain()
    assert len(threads) == 1
    assert threading.current_thread() not in threads


def test_a_listener_may_use_the_breaker(make: Any):
    """No lock is held while it runs."""
    breaker, seen = make(failure_threshold=1), []

    def heal(event: Any):
        if event.after == "OPEN":
            breaker.reset(actor="healer")
        seen.append(breaker.snapshot().state)

    breaker.on_event(heal)
    fail(breaker)
    drain()
    drain()
    assert breaker.state == "CLOSED"
    assert seen == ["CLOSED", "CLOSED"]


def test_what_comes_back_ends_it(make: Any):
    """Twice is fine; drops of a listener that is gone are still counted."""
    breaker, heard = make(), []
    end = breaker.on_event(heard.append)
    breaker.trip()
    drain()
    end()
    end()
    breaker.reset()
    drain()
    assert len(heard) == 1


def test_calls_and_refusals_are_no_events(make: Any):
    """Only transitions and crossings are."""
    breaker, heard = make(failure_threshold=5), []
    breaker.on_event(heard.append)
    ok(breaker, 3)
    fail(breaker, 2)
    drain()
    assert heard == []


@pytest.mark.parametrize("listener", [None, 3, "print"])
def test_a_listener_must_be_callable(make: Any, listener: Any):
    """A TypeError that says what came."""
    with pytest.raises(TypeError, match=type(listener).__name__):
        make().on_event(listener)
