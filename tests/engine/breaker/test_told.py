"""What operating a breaker leaves behind: who configured or ticked it, and the last failure only where it explains."""

from __future__ import annotations

import logging

import pytest

from recovery import BreakerConfig, CircuitBreaker
from recovery.testing import FakeClock


def test_a_new_configuration_is_logged_with_its_author(caplog: pytest.LogCaptureFixture) -> None:
    """configure() changes no state, so the log is where it stands."""
    breaker = CircuitBreaker(name="told", clock=FakeClock())
    with caplog.at_level(logging.INFO, "recovery.breaker"):
        breaker.configure(BreakerConfig(failure_threshold=9), reason="calmer", actor="ana")
    (line,) = caplog.records
    assert (line.actor, line.reason, line.changes) == ("ana", "calmer", {"failure_threshold": (5, 9)})  # type: ignore[attr-defined]


def test_tick_says_who_ticked() -> None:
    """A hold that a tick ends carries the actor of the tick."""
    clock = FakeClock()
    breaker = CircuitBreaker(name="ticked", clock=clock)
    breaker.disable(5)
    clock.advance(5)
    breaker.tick(reason="on the second", actor="the client")
    made = breaker.snapshot().transitions[-1]
    assert (made.actor, made.cause) == ("the client", "the hold ended: on the second")


def test_only_an_opening_brings_the_last_failure_along() -> None:
    """A closing long after is not explained by an old failure."""
    clock = FakeClock()
    breaker = CircuitBreaker(1, 10, name="old story", clock=clock)
    with pytest.raises(ValueError, match="no"):
        breaker.call(_fail)
    clock.advance(10)
    breaker.call(int)
    opened, probing, closed = breaker.snapshot().transitions
    assert opened.evidence["last_failure"] == "ValueError: no"
    assert "last_failure" not in probing.evidence
    assert "last_failure" not in closed.evidence


def _fail() -> None:
    raise ValueError("no")
