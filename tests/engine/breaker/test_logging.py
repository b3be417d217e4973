"""``recovery.breaker``: opening and would-open at WARNING, other transitions at INFO, with the facts in ``extra``."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from tests.engine.breaker.acts import fail, ok


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """Level, text and record of everything logged so far."""
    caplog.set_level(logging.INFO, "recovery.breaker")
    return lambda: [(r.levelname, r.getMessage()) for r in caplog.records]


def test_an_outage(make: Any, clock: Any, lines: Any):
    """Open, probe, open, probe, close."""
    breaker = make(name="billing", failure_threshold=1)
    fail(breaker)
    clock.advance(60)
    fail(breaker)
    clock.advance(60)
    ok(breaker)
    assert lines() == [
        ("WARNING", "circuit breaker 'billing': CLOSED -> OPEN, 1 failure in a row"),
        ("INFO", "circuit breaker 'billing': OPEN -> HALF-OPEN, recovery timeout over"),
        ("WARNING", "circuit breaker 'billing': HALF-OPEN -> OPEN, probe failed"),
        ("INFO", "circuit breaker 'billing': OPEN -> HALF-OPEN, recovery timeout over"),
        ("INFO", "circuit breaker 'billing': HALF-OPEN -> CLOSED, 1 probe succeeded"),
    ]


def test_would_have_opened(make: Any, lines: Any):
    """A warning of its own."""
    breaker = make(name="billing", failure_threshold=1)
    breaker.observe()
    fail(breaker)
    assert lines()[-1] == ("WARNING", "circuit breaker 'billing' would have opened: 1 failure in a row")


@pytest.mark.parametrize("verb", ["trip", "disable", "observe"])
def test_operators_are_informative(make: Any, lines: Any, verb: str):
    """INFO."""
    getattr(make(name="billing"), verb)(reason="deploy")
    ((level, text),) = lines()
    assert level == "INFO"
    assert "deploy" in text


def test_extra_carries_the_facts(make: Any, caplog: pytest.LogCaptureFixture):
    """Structured."""
    breaker = make(name="billing", service_name="shop", failure_threshold=1)
    with caplog.at_level(logging.INFO, "recovery.breaker"):
        fail(breaker, exc=ValueError("bad"))
    (record,) = caplog.records
    assert (record.breaker, record.service_name) == ("billing", "shop")
    assert (record.before, record.after, record.sequence, record.actor) == ("CLOSED", "OPEN", 1, "")
    assert record.cause == "1 failure in a row"
    assert record.evidence["last_failure"] == "ValueError: bad"


def test_calls_are_not_logged(make: Any, lines: Any):
    """Nor failures, nor refusals."""
    breaker = make(failure_threshold=3)
    ok(breaker)
    fail(breaker, 2)
    assert lines() == []


def test_nothing_is_formatted_when_nobody_listens(make: Any, caplog: pytest.LogCaptureFixture):
    """The level is asked first."""
    with caplog.at_level(logging.ERROR, "recovery.breaker"):
        fail(make(failure_threshold=1))
    assert caplog.records == []


def test_a_handler_may_use_the_breaker(make: Any):
    """It is logged after the lock is let go."""
    breaker, seen = make(failure_threshold=1), []

    class Handler(logging.Handler):
        def emit(self, record: Any):
            seen.append((breaker.state, breaker.snapshot().sequence))

    handler, log = Handler(), logging.getLogger("recovery.breaker")
    log.addHandler(handler)
    try:
        fail(breaker)
    finally:
        log.removeHandler(handler)
    assert seen == [("OPEN", 1)]
