"""Pickle and copy keep name and config only."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from recovery.engine import BreakerConfig, CircuitBreaker, registry
from tests.engine.breaker.acts import fail, ok

COPIES = pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda b: pickle.loads(pickle.dumps(b))], ids=["copy", "deepcopy", "pickle"]
)


@COPIES
def test_a_copy_has_name_and_config_and_starts_closed(copied: Any):
    """With its own counts, lock and clock."""
    breaker = CircuitBreaker(config=BreakerConfig(failure_threshold=2, window="time"), name="billing")
    fail(breaker, 2)
    again = copied(breaker)
    assert (again.name, again.config) == ("billing", breaker.config)
    assert (again.state, again.failures, again.last_failure) == ("CLOSED", 0, None)
    assert set(again.snapshot().totals.values()) == {0}
    ok(again)
    assert breaker.state == "OPEN"


@COPIES
def test_what_cannot_be_copied_does_not_get_in_the_way(copied: Any):
    """Predicates, fallbacks, clocks and listeners stay where they are."""
    breaker = CircuitBreaker(fallback=lambda exc: 1, is_failure=lambda r: False, record=lambda e: True)
    breaker.on_event(lambda event: None)
    assert copied(breaker).state == "CLOSED"


@COPIES
def test_a_subclass_stays_one(copied: Any):
    """Its class is kept."""
    assert type(copied(Special(name="x"))) is Special


@COPIES
def test_the_consoles_override_is_not_made_code(copied: Any):
    """Lifting it gives back what the code said, in the copy too."""
    breaker = CircuitBreaker(3, name="copied-override")
    registry.override("breaker", "copied-override", {"failure_threshold": 9}, 10**6)
    again = copied(breaker)
    assert again.config.failure_threshold == 9
    registry.override("breaker", "copied-override", None, 10**6)
    assert again.config.failure_threshold == 3


class Special(CircuitBreaker):
    """A breaker of somebody's own."""
