"""``@circuit_breaker`` bare, with arguments, with a breaker; stacked."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from recovery.engine import CircuitBreaker, CircuitBreakerOpenError, circuit_breaker
from tests.engine.breaker.acts import Boom


def plain():
    """A function."""


async def coroutine():
    """A coroutine function."""


@circuit_breaker
def module_level():
    """Found by name."""


class TestForms:
    """Bare, with arguments, with a breaker."""

    def test_with_arguments(self):
        """Those of CircuitBreaker, by position or name."""
        for made in (circuit_breaker(2, 30), circuit_breaker(failure_threshold=2, reset_timeout=30)):
            wrapped = made(plain)
            assert (wrapped.breaker.config.failure_threshold, wrapped.breaker.config.recovery_timeout) == (2, 30)
            assert wrapped.breaker.name.endswith("plain")

    def test_with_a_name(self):
        """It goes before the function's."""
        assert circuit_breaker(name="billing")(plain).breaker.name == "billing"

    def test_with_empty_parentheses(self):
        """As bare."""
        assert circuit_breaker()(plain).breaker.config == CircuitBreaker().config

    def test_each_function_has_a_breaker_of_its_own(self):
        """One decorator, two functions."""
        made = circuit_breaker(failure_threshold=2)
        assert made(plain).breaker is not made(coroutine).breaker

    def test_with_a_breaker(self):
        """That one, for as many as wanted."""
        breaker = CircuitBreaker(name="shared")
        one, two = circuit_breaker(breaker)(plain), breaker(coroutine)
        assert one.breaker is two.breaker is breaker

    def test_a_breaker_and_arguments_together_are_refused(self):
        """It is made already."""
        with pytest.raises(TypeError, match="made already"):
            circuit_breaker(CircuitBreaker(), name="other")

    @pytest.mark.parametrize("values", [{"failure_threshold": 0}, {"no_such": 1}, {"reset_timeout": -1}])
    def test_wrong_arguments_are_told_where_they_stand(self, values: Any):
        """Before any function is there."""
        with pytest.raises((ValueError, TypeError), match=r"failure_threshold|no_such|recovery_timeout"):
            circuit_breaker(**values)

    def test_attributes_of_the_function_are_kept(self):
        """Other decorators left them there."""

        def work() -> Any:
            return 1

        work.tag = "x"
        assert circuit_breaker(work).tag == "x"

    def test_breakers_can_be_stacked(self):
        """The outer one ignores refusals of the inner one."""

        @circuit_breaker(failure_threshold=1, name="outer")
        @circuit_breaker(failure_threshold=1, name="inner")
        def work(exc: Any = None):
            if exc:
                raise exc

        inner = work.__wrapped__.breaker
        inner.trip()
        with pytest.raises(CircuitBreakerOpenError):
            work()
        assert (work.breaker.name, work.breaker.state, inner.name) == ("outer", "CLOSED", "inner")
        inner.reset()
        with pytest.raises(Boom):
            work(Boom())
        assert (work.breaker.state, inner.state) == ("OPEN", "OPEN")

    def test_a_decorated_function_can_be_pickled_by_name(self):
        """As any function of a module."""
        assert pickle.loads(pickle.dumps(module_level)) is module_level
