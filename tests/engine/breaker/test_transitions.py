"""Which verb leads where, from every state; and what each transition carries."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from recovery.engine import BreakerConfig, BreakerState, IllegalTransition
from tests.engine.breaker.acts import bring, fail, ok

ANY = list(BreakerState)
LEADS = {
    "trip": dict.fromkeys(ANY, "FORCED-OPEN"),
    "disable": dict.fromkeys(ANY, "DISABLED"),
    "observe": dict.fromkeys(ANY, "METRICS-ONLY"),
    "reset": dict.fromkeys(ANY, "CLOSED"),
    "probe": {"OPEN": "HALF-OPEN"},
    "release": {
        "FORCED-OPEN": "OPEN", "DISABLED": "CLOSED", "METRICS-ONLY": "CLOSED",
        "CLOSED": "CLOSED", "OPEN": "OPEN", "HALF-OPEN": "HALF-OPEN",
    },
    "tick": {state: state for state in ANY},
}  # fmt: skip
WAYS = [(verb, state) for verb in LEADS for state in ANY]


@pytest.mark.parametrize(("verb", "before"), [w for w in WAYS if w[1] in LEADS[w[0]]])
def test_a_legal_verb_leads_where_the_table_says(make: Any, verb: str, before: Any):
    """From every state, with one transition, or none where the state stays."""
    breaker = bring(make(), before)
    sequence = breaker.snapshot().sequence
    getattr(breaker, verb)()
    after = LEADS[verb][before]
    assert breaker.state == after
    assert breaker.snapshot().sequence == sequence + (after != before)


@pytest.mark.parametrize(("verb", "before"), [w for w in WAYS if w[1] not in LEADS[w[0]]])
def test_an_illegal_verb_is_refused_naming_both_states(make: Any, verb: str, before: Any):
    """IllegalTransition is a ValueError; nothing changes."""
    breaker = bring(make(), before)
    snapshot = breaker.snapshot()
    with pytest.raises(IllegalTransition, match=f"from {before.value} to HALF-OPEN") as caught:
        getattr(breaker, verb)()
    assert isinstance(caught.value, ValueError)
    assert (caught.value.before, caught.value.after) == (before, "HALF-OPEN")
    assert breaker.snapshot() == snapshot


@pytest.mark.parametrize("before", ["HALF-OPEN", "FORCED-OPEN", "DISABLED", "METRICS-ONLY"])
def test_restoring_open_is_legal_only_from_closed_and_open(make: Any, before: Any):
    """It is for start-up."""
    breaker = bring(make(), before)
    with pytest.raises(IllegalTransition, match=f"from {before} to OPEN"):
        breaker.restore("OPEN")
    assert breaker.state == before


@pytest.mark.parametrize("verb", ["reset", "probe"])
@pytest.mark.parametrize("held", ["FORCED-OPEN", "DISABLED", "METRICS-ONLY"])
def test_unless_held_refuses_on_a_held_breaker(make: Any, verb: str, held: Any):
    """AutoRecovery never overrules an operator."""
    breaker = bring(make(), held)
    with pytest.raises(IllegalTransition, match=f"from {held} to .*operator"):
        getattr(breaker, verb)(unless_held=True)
    assert breaker.state == held


@pytest.mark.parametrize(("verb", "before", "after"), [("reset", "OPEN", "CLOSED"), ("probe", "OPEN", "HALF-OPEN")])
def test_unless_held_does_nothing_else(make: Any, verb: str, before: Any, after: Any):
    """Without a hold it is the same verb."""
    breaker = bring(make(), before)
    getattr(breaker, verb)(unless_held=True)
    assert breaker.state == after


@pytest.mark.parametrize("verb", ["trip", "disable", "observe", "reset"])
def test_actor_and_reason_are_recorded(make: Any, verb: str):
    """Who, and why."""
    breaker = bring(make(), "OPEN")
    getattr(breaker, verb)(reason="provider is down", actor="alice")
    made = breaker.snapshot().transitions[-1]
    assert made.actor == "alice"
    assert "provider is down" in made.cause


@pytest.mark.parametrize("verb", ["release", "configure", "probe"])
def test_every_verb_takes_reason_and_actor(make: Any, verb: str):
    """By keyword."""
    breaker = bring(make(), "OPEN" if verb == "probe" else "FORCED-OPEN")
    values = [BreakerConfig()] if verb == "configure" else []
    getattr(breaker, verb)(*values, reason="done", actor="alice")
    if verb != "configure":
        assert (breaker.snapshot().cause, breaker.snapshot().transitions[-1].actor) == ("done", "alice")


def test_sequence_rises_strictly_and_transitions_join(make: Any, clock: Any):
    """Each begins where the one before ended."""
    breaker = make(failure_threshold=1, recovery_timeout=1)
    for _ in range(5):
        fail(breaker)
        clock.advance(1)
        ok(breaker)
    made = breaker.snapshot().transitions
    assert [t.sequence for t in made] == list(range(1, 16))
    assert made[0].before == "CLOSED"
    assert all(one.after == two.before for one, two in pairwise(made))
    assert all(t.cause for t in made)
    assert all(one.at <= two.at for one, two in pairwise(made))


def test_the_causes_of_an_outage(make: Any, clock: Any):
    """In words."""
    breaker = make(failure_threshold=1, recovery_timeout=1)
    fail(breaker)
    clock.advance(1)
    fail(breaker)
    clock.advance(1)
    ok(breaker)
    assert [t.cause for t in breaker.snapshot().transitions] == [
        "1 failure in a row", "recovery timeout over", "probe failed", "recovery timeout over", "1 probe succeeded",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("verb", "before", "emptied"),
    [
        ("trip", "CLOSED", False),
        ("observe", "CLOSED", False),
        ("disable", "CLOSED", True),
        ("reset", "CLOSED", True),
        ("trip", "METRICS-ONLY", False),
        ("observe", "FORCED-OPEN", False),
        ("release", "FORCED-OPEN", True),
        ("release", "METRICS-ONLY", True),
        ("release", "DISABLED", True),
    ],
)
def test_whether_the_window_is_kept(make: Any, verb: str, before: Any, emptied: Any):
    """As the table says; a streak goes with it."""
    breaker = make(failure_threshold=50)
    ok(breaker, 2)
    fail(breaker, 3)
    bring(breaker, before)
    getattr(breaker, verb)()
    window = breaker.snapshot().window
    assert (window["calls"], window["failures"]) == ((0, 0) if emptied else (5, 3))
    assert breaker.failures == (0 if emptied else 3)


def test_a_kept_window_goes_on(make: Any):
    """Closed, tripped, observed: one streak, one window."""
    breaker = make(failure_threshold=4)
    fail(breaker, 2)
    breaker.trip()
    breaker.observe()
    fail(breaker, 1)
    ok(breaker, 1)
    fail(breaker, 2)
    window = breaker.snapshot().window
    assert (window["calls"], window["failures"], breaker.failures) == (6, 5, 2)


def test_the_same_state_is_no_event(make: Any):
    """A second trip changes the hold, not the state."""
    breaker = make()
    breaker.trip(reason="first", actor="alice")
    breaker.trip(reason="second", actor="bob", duration=5)
    snapshot = breaker.snapshot()
    assert snapshot.sequence == 1
    assert (snapshot.hold.reason, snapshot.hold.actor) == ("second", "bob")
    assert snapshot.hold.until is not None
