"""The breaker's exceptions say who, how long and why; and travel."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from recovery.engine import BreakerState, CircuitBreakerHeldError, CircuitBreakerOpenError, IllegalTransition
from tests.engine.breaker.acts import bring, fail, refused

TRAVELS = pytest.mark.parametrize(
    "sent", [lambda e: e, lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy],
    ids=["same", "pickle", "copy", "deepcopy"],
)  # fmt: skip


@TRAVELS
def test_a_refusal_keeps_its_facts(make: Any, sent: Any):
    """Name, seconds, last failure; wherever it is sent."""
    breaker = make(failure_threshold=1, name="billing")
    fail(breaker, exc=ValueError("bad"))
    error = sent(refused(breaker))
    assert type(error) is CircuitBreakerOpenError
    assert (error.name, error.retry_after) == ("billing", 60)
    assert (error.last_failure.type, error.last_failure.text) == ("ValueError", "bad")
    assert str(error) == "circuit breaker 'billing' is open, retry after 60 s; last failure: ValueError: bad"
    assert repr(error) == "CircuitBreakerOpenError('billing', retry_after=60.0)"


@TRAVELS
def test_a_held_one_too(make: Any, sent: Any):
    """With its own class."""
    error = sent(refused(bring(make(name="billing"), "FORCED-OPEN")))
    assert type(error) is CircuitBreakerHeldError
    assert (error.name, error.retry_after, error.last_failure) == ("billing", None, None)
    assert str(error) == "circuit breaker 'billing' is held open by an operator"


def test_the_tree():
    """Held is a kind of open; neither is an OSError or a ValueError; an illegal transition is a ValueError."""
    assert issubclass(CircuitBreakerHeldError, CircuitBreakerOpenError)
    assert CircuitBreakerOpenError.__mro__[1] is Exception
    assert IllegalTransition.__mro__[1] is ValueError


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((), "circuit breaker is open"),
        (("billing",), "circuit breaker 'billing' is open"),
        (("billing", 5), "circuit breaker 'billing' is open, retry after 5 s"),
        (("billing", 0.0), "circuit breaker 'billing' is open, retry after 0 s"),
        ((None, None, "KeyError: 'x'"), "circuit breaker is open; last failure: KeyError: 'x'"),
    ],
)
def test_one_can_be_made_by_hand(values: Any, text: str):
    """For tests of services."""
    error = CircuitBreakerOpenError(*values)
    assert str(error) == text
    assert (error.name, error.retry_after, error.last_failure) == (*values, None, None, None)[:3]


def test_a_breaker_without_a_name_has_none_to_tell(make: Any):
    """The text does without."""
    assert str(refused(bring(make(), "FORCED-OPEN"))) == "circuit breaker is held open by an operator"


@TRAVELS
def test_an_illegal_transition_keeps_both_states(sent: Any):
    """And why."""
    error = sent(IllegalTransition(BreakerState.CLOSED, BreakerState.HALF_OPEN, "because"))
    assert (error.before, error.after) == ("CLOSED", "HALF-OPEN")
    assert str(error) == "a breaker cannot go from CLOSED to HALF-OPEN: because"


def test_the_refusals_of_one_outage_are_objects_of_their_own(make: Any):
    """With tracebacks of their own."""
    breaker = bring(make(), "FORCED-OPEN")
    assert refused(breaker) is not refused(breaker)
