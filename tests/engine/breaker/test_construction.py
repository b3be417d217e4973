"""Making a breaker: what is taken, what is refused."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from recovery.engine import BreakerConfig, CircuitBreaker
from recovery.testing import FakeClock

ARGUMENTS = {
    "failure_threshold": 5, "reset_timeout": 60, "name": None, "config": None, "record": Exception, "ignore": (),
    "success": (), "is_failure": None, "record_attempts": False, "fallback": None, "fallback_on_failure": False,
    "recovery_timeout": None, "clock": None, "service_name": None,
}  # fmt: skip


def test_the_signature_is_that_of_the_contract():
    """Names, order and defaults; all but the first two by keyword only."""
    parameters = inspect.signature(CircuitBreaker).parameters
    assert {name: p.default for name, p in parameters.items()} == ARGUMENTS
    assert [p.kind.name for p in parameters.values()] == ["POSITIONAL_OR_KEYWORD"] * 2 + ["KEYWORD_ONLY"] * 12


def test_a_bare_one_has_the_defaults():
    """Closed, unnamed, five failures, a minute."""
    breaker = CircuitBreaker()
    assert (breaker.name, breaker.state, breaker.config) == (None, "CLOSED", BreakerConfig())


@pytest.mark.parametrize(
    "values",
    [
        {"failure_threshold": 3, "reset_timeout": 30},
        {"failure_threshold": 3, "recovery_timeout": 30},
        {"config": BreakerConfig(failure_threshold=3, recovery_timeout=30)},
    ],
)
def test_loose_values_or_a_config(values: Any):
    """Either way."""
    assert CircuitBreaker(**values).config == BreakerConfig(failure_threshold=3, recovery_timeout=30)


@pytest.mark.parametrize("loose", ["failure_threshold", "reset_timeout", "recovery_timeout"])
@pytest.mark.parametrize("value", [7, 5, 60])
def test_a_config_and_a_loose_value_together_are_refused(loose: Any, value: Any):
    """Also where the loose value happens to be the default."""
    with pytest.raises(TypeError, match="config"):
        CircuitBreaker(config=BreakerConfig(), **{loose: value})


def test_both_names_of_the_timeout_together_are_refused():
    """They are one thing."""
    with pytest.raises(TypeError, match="one thing"):
        CircuitBreaker(reset_timeout=5, recovery_timeout=5)


def test_zero_and_none_are_values():
    """A timeout of 0, a threshold of None."""
    breaker = CircuitBreaker(None, 0)
    assert (breaker.config.failure_threshold, breaker.config.recovery_timeout) == (None, 0)


@pytest.mark.parametrize(
    "values", [{"failure_threshold": 0}, {"reset_timeout": -1}, {"recovery_timeout": float("nan")}]
)
def test_values_out_of_range_are_refused(values: Any):
    """With the field and its range."""
    with pytest.raises(ValueError, match=r"must be a (whole|finite) number"):
        CircuitBreaker(**values)


@pytest.mark.parametrize("field", ["name", "service_name"])
@pytest.mark.parametrize("value", ["", 3, b"billing"])
def test_names_are_texts(field: str, value: Any):
    """Not empty."""
    with pytest.raises(TypeError, match=f"^{field} must be a text"):
        CircuitBreaker(**{field: value})


@pytest.mark.parametrize("config", [{}, {"failure_threshold": 3}, 5, BreakerConfig])
def test_a_config_is_a_breaker_config(config: Any):
    """Anything else is a TypeError."""
    with pytest.raises(TypeError, match="BreakerConfig"):
        CircuitBreaker(config=config)


def test_a_clock_must_be_one():
    """The TypeError names what it lacks."""

    class Half:
        def monotonic(self) -> Any:
            return 0.0

    with pytest.raises(TypeError, match="Half is no clock: it lacks now, sleep, asleep"):
        CircuitBreaker(clock=Half())


def test_a_clock_without_nanoseconds_is_enough():
    """``monotonic_ns`` is derived."""

    class Plain:
        def __init__(self):
            self.clock = FakeClock()
            self.monotonic, self.now = self.clock.monotonic, self.clock.now
            self.sleep, self.asleep = self.clock.sleep, self.clock.asleep

    clock = Plain()
    breaker = CircuitBreaker(1, 0.3, clock=clock)
    breaker.acquire().failure()
    clock.clock.advance(0.1)
    assert breaker.retry_after == pytest.approx(0.2)
    clock.clock.advance(0.2)
    breaker.acquire().success()
    assert breaker.state == "CLOSED"


def test_two_may_share_a_name():
    """They are two."""
    one, two = CircuitBreaker(1, name="twin"), CircuitBreaker(1, name="twin")
    one.acquire().failure()
    assert (one.state, two.state) == ("OPEN", "CLOSED")


def test_nothing_else_can_be_set_on_it():
    """It has slots."""
    with pytest.raises(AttributeError):
        CircuitBreaker().something = 1
    for name in ("state", "failures", "config", "last_failure", "retry_after"):
        with pytest.raises(AttributeError):
            setattr(CircuitBreaker(), name, None)
