"""``open_on_retry_after``: a failure that carries Retry-After opens for that long."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.engine.breaker.acts import EVERY_DOOR, Boom, Guarded, bring, fail, ok


class Busy(Exception):
    """429 or 503, with what the server said."""

    def __init__(self, retry_after: Any = None, header: Any = None):
        super().__init__("busy")
        if retry_after is not None:
            self.retry_after = retry_after
        if header is not None:
            self.response = SimpleNamespace(headers={"Retry-After": header})


@EVERY_DOOR
def test_the_first_such_failure_opens(make: Any, door: Any):
    """Whatever the threshold."""
    breaker = make(failure_threshold=100, open_on_retry_after=True, recovery_timeout=5)
    with pytest.raises(Busy):
        Guarded(breaker, door)(Busy(120))
    assert (breaker.state, breaker.retry_after) == ("OPEN", 120)
    assert breaker.snapshot().cause == "Retry-After 120 s"


@pytest.mark.parametrize("header", ["30", " 30 ", "date"])
def test_a_header_counts_too(make: Any, clock: Any, header: Any):
    """Seconds or a date."""
    if header == "date":
        header = format_datetime(clock.now() + timedelta(seconds=30), usegmt=True)
    breaker = make(open_on_retry_after=True)
    fail(breaker, exc=Busy(header=header))
    assert breaker.retry_after == 30


@pytest.mark.parametrize("value", [0, -5, float("nan"), float("inf"), "soon", None, True])
def test_none_that_counts_is_an_ordinary_failure(make: Any, value: Any):
    """0 is no wait; what cannot be read is ignored."""
    breaker = make(failure_threshold=2, open_on_retry_after=True)
    fail(breaker, exc=Busy(value))
    assert (breaker.state, breaker.failures) == ("CLOSED", 1)
    fail(breaker, exc=Busy(value))
    assert (breaker.state, breaker.retry_after) == ("OPEN", 60)


def test_by_default_it_is_not_looked_at(make: Any):
    """Opt in."""
    breaker = make(failure_threshold=2)
    fail(breaker, exc=Busy(120))
    assert breaker.state == "CLOSED"


def test_an_ignored_failure_does_not_open(make: Any):
    """It is no failure."""
    breaker = make(open_on_retry_after=True, ignore=Busy)
    fail(breaker, exc=Busy(120))
    assert breaker.state == "CLOSED"


def test_a_failed_probe_waits_as_long_as_it_is_told(make: Any):
    """In place of recovery_timeout."""
    breaker = bring(make(open_on_retry_after=True), "HALF-OPEN")
    fail(breaker, exc=Busy(7))
    assert (breaker.state, breaker.retry_after) == ("OPEN", 7)
    breaker.probe()
    fail(breaker, exc=Boom())
    assert breaker.retry_after == 60


def test_at_its_end_it_probes(make: Any, clock: Any):
    """Inclusive, like any wait."""
    breaker = make(open_on_retry_after=True)
    fail(breaker, exc=Busy(7))
    clock.advance(7)
    ok(breaker)
    assert breaker.state == "CLOSED"


def test_it_is_never_longer_than_the_longest_wait(make: Any):
    """A server's wrong number does not close a service for a year."""
    breaker = make(open_on_retry_after=True, recovery_timeout_max=600)
    fail(breaker, exc=Busy(10**9))
    assert breaker.retry_after == 600


def test_another_configuration_does_not_change_it(make: Any):
    """It is the other side's word."""
    breaker = make(open_on_retry_after=True)
    fail(breaker, exc=Busy(7))
    breaker.configure(breaker.config.replace(recovery_timeout=100))
    assert breaker.retry_after == 7
