"""What a breaker weighs, and that it goes when nobody has it any more."""

from __future__ import annotations

import gc
import logging
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from recovery.engine import CircuitBreaker, registry

BUDGET = 2_600  # bytes


@pytest.fixture
def _measured() -> Iterator[None]:
    """Every call of the process is measured."""
    registry.measure(True)
    yield
    registry.measure(False)


def _functions(count: int) -> list[Callable[..., Any]]:
    def made(_number: int) -> Callable[..., Any]:
        def fetch(key: str, timeout: float = 1.0) -> str:
            return key

        return fetch

    return [made(number) for number in range(count)]


def _weight(count: int) -> float:
    """Bytes per breaker with a decorated function that was called and has never failed."""
    functions = _functions(count)
    names = [f"service.{number}" for number in range(count)]
    protected: list[Any] = [None] * count
    CircuitBreaker(name="first")(functions[0])("key")  # what is made once is made
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(count):
            protected[number] = CircuitBreaker(name=names[number])(functions[number])
        for function in protected:
            for _ in range(3):
                function("key")
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - before) / count
    finally:
        tracemalloc.stop()


def test_a_breaker_fits_its_budget() -> None:
    """1,000 breakers with a decorated function each take less than 2.6 KB apiece."""
    weight = _weight(1_000)
    assert weight <= BUDGET, f"{weight:.0f} bytes per breaker"


@pytest.mark.usefixtures("_measured")
def test_a_breaker_with_a_histogram_fits_the_same_budget() -> None:
    """The same with every duration measured."""
    weight = _weight(1_000)
    assert weight <= BUDGET, f"{weight:.0f} bytes per breaker"


def _come_and_go(count: int) -> None:
    for number in range(count):
        breaker = CircuitBreaker(name=f"passing.{number % 100}", service_name="shop")
        protected = breaker(_functions(1)[0])
        protected("key")
        breaker.acquire().failure(ValueError("it failed"))
        breaker.trip()
        breaker.reset()


@pytest.fixture
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """The test run keeps every line that is logged: none is."""
    caplog.set_level(logging.CRITICAL, "recovery.breaker")


@pytest.mark.slow
@pytest.mark.usefixtures("_quiet")
def test_ten_thousand_breakers_come_and_go() -> None:
    """Neither memory nor the registry grows with breakers that nobody has any more."""
    _come_and_go(200)
    gc.collect()
    known, live = len(registry.breakers()), len(vars(registry._state.breakers)["data"])
    before = sys.getallocatedblocks()
    _come_and_go(10_000)
    gc.collect()
    grown = sys.getallocatedblocks() - before
    assert grown < 500, f"{grown} blocks of memory more after 10,000 breakers"
    assert len(registry.breakers()) == known
    assert len(vars(registry._state.breakers)["data"]) == live


@pytest.mark.usefixtures("_quiet")
def test_a_thousand_failures_do_not_grow_a_breaker() -> None:
    """Whatever fails, the tape, the ring of transitions and the window stay bounded."""
    breaker = CircuitBreaker(1, 0)
    for number in range(1_000):
        breaker.acquire().failure(ValueError(f"failure {number} " + "x" * 5_000))
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(1_000):
            breaker.acquire().failure(ValueError(f"failure {number} " + "x" * 5_000))
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 600_000  # 256 transitions with their evidence, all new
    finally:
        tracemalloc.stop()
    assert len(breaker.snapshot().transitions) == 256
