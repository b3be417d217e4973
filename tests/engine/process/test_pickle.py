"""Copies and other processes get a breaker's name and config, and nothing else."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable

import pytest

from recovery.engine import (
    BreakerConfig,
    CircuitBreaker,
    CircuitBreakerHeldError,
    CircuitBreakerOpenError,
    IllegalTransition,
    LastFailure,
)

CONFIG = BreakerConfig(failure_threshold=2, recovery_timeout=9.0)
COPIES: dict[str, Callable[[CircuitBreaker], CircuitBreaker]] = {
    "pickle": lambda breaker: pickle.loads(pickle.dumps(breaker)),
    "oldest protocol": lambda breaker: pickle.loads(pickle.dumps(breaker, 0)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "deepcopy inside": lambda breaker: copy.deepcopy({"breaker": [breaker]})["breaker"][0],
}


class Special(CircuitBreaker):
    """A service's own kind."""


def _lived(cls: type[CircuitBreaker]) -> CircuitBreaker:
    """One that has seen things, and carries what cannot be pickled."""
    breaker = cls(
        name="orders", config=CONFIG, record=lambda _exc: True, fallback=lambda _exc: None, service_name="shop"
    )
    breaker.on_event(lambda _event: None)
    for _ in range(2):
        breaker.acquire().failure(ValueError("it failed"))
    breaker.trip(60)
    return breaker


@pytest.mark.parametrize("cls", [CircuitBreaker, Special])
@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_a_copy_keeps_name_and_config_only(
    copied: Callable[[CircuitBreaker], CircuitBreaker], cls: type[CircuitBreaker]
) -> None:
    """Whatever the original lived through, a copy is closed, has counted nothing and has rules of its own."""
    original = _lived(cls)
    made = copied(original)
    assert type(made) is cls
    assert made is not original
    assert (made.name, made.config) == ("orders", CONFIG)
    seen = made.snapshot()
    assert (seen.state.value, seen.sequence, seen.totals["calls"], seen.service_name) == ("CLOSED", 0, 0, None)
    assert (seen.last_failure, seen.hold, seen.transitions) == (None, None, ())
    made.acquire().failure(KeyError())
    assert (made.failures, original.failures) == (1, 2)
    assert made._lock is not original._lock


def _in_another_process(breaker: CircuitBreaker) -> tuple[str | None, int | None, str, int]:
    breaker.call(print, end="")
    return breaker.name, breaker.config.failure_threshold, breaker.state.value, breaker.snapshot().totals["successes"]


@pytest.mark.slow
def test_a_spawned_process_gets_one_that_works() -> None:
    """Handed to a spawned worker it arrives closed and counts there."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_in_another_process, (_lived(CircuitBreaker),)) == ("orders", 2, "CLOSED", 1)


@pytest.mark.parametrize("held", [False, True], ids=["open", "held"])
def test_a_refusal_travels_by_its_values(held: bool) -> None:
    """The error of a refused call arrives with name, wait and last failure, without the breaker."""
    breaker = _lived(CircuitBreaker)
    if not held:
        breaker = CircuitBreaker(1, 60, name="orders")
        breaker.acquire().failure(ValueError("it failed"))
    with pytest.raises(CircuitBreakerOpenError) as caught:
        breaker.acquire()
    data = pickle.dumps(caught.value)
    arrived = pickle.loads(data)
    assert type(arrived) is (CircuitBreakerHeldError if held else CircuitBreakerOpenError)
    assert (arrived.name, str(arrived)[:24]) == ("orders", str(caught.value)[:24])
    assert isinstance(arrived.last_failure, LastFailure)
    assert (arrived.last_failure.type, arrived.last_failure.text) == ("ValueError", "it failed")
    assert arrived.retry_after == pytest.approx(60, abs=1)
    assert b"CircuitBreaker\n" not in data


def test_an_illegal_transition_travels() -> None:
    """It still names both states."""
    with pytest.raises(IllegalTransition) as caught:
        CircuitBreaker().probe()
    arrived = pickle.loads(pickle.dumps(caught.value))
    assert str(arrived) == str(caught.value)
    assert (arrived.before, arrived.after) == ("CLOSED", "HALF-OPEN")
