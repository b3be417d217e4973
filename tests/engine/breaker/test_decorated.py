"""Decorating: kind, name, doc, signature and defaults are kept, whatever is decorated."""

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import Any
from unittest.mock import AsyncMock, MagicMock, Mock

import pytest

from recovery.engine import CircuitBreaker, circuit_breaker, retry


def plain(a: Any, b: Any = 2, /, c: Any = 3, *rest: Any, d: Any, e: Any = 5, **more: Any) -> Any:
    """A plain function."""
    return a, b, c, rest, d, e, more


async def coroutine(a: Any, b: Any = 2, /, c: Any = 3, *rest: Any, d: Any, e: Any = 5, **more: Any) -> Any:
    """A coroutine function."""
    return a, b, c, rest, d, e, more


def generator(a: Any, b: Any = 2, /, c: Any = 3, *rest: Any, d: Any, e: Any = 5, **more: Any) -> Any:
    """A generator function."""
    yield a, b, c, rest, d, e, more


async def async_generator(a: Any, b: Any = 2, /, c: Any = 3, *rest: Any, d: Any, e: Any = 5, **more: Any) -> Any:
    """An async generator function."""
    yield a, b, c, rest, d, e, more


def result(func: Any, *args: Any, **kwargs: Any) -> Any:
    """What a call of any kind gives."""

    async def first(stream: Any) -> Any:
        return await anext(stream)

    if inspect.isasyncgenfunction(func):
        return asyncio.run(first(func(*args, **kwargs)))
    if inspect.iscoroutinefunction(func):
        return asyncio.run(func(*args, **kwargs))
    return next(func(*args, **kwargs)) if inspect.isgeneratorfunction(func) else func(*args, **kwargs)


FUNCTIONS = [plain, coroutine, generator, async_generator]
KINDS = ["isfunction", "iscoroutinefunction", "isgeneratorfunction", "isasyncgenfunction"]


@pytest.mark.parametrize("func", FUNCTIONS)
class TestFunctions:
    """The four kinds, with every kind of parameter."""

    def test_kind_name_doc_and_signature(self, func: Any):
        """As ``inspect`` and people see them."""
        wrapped = circuit_breaker(func)
        assert [getattr(inspect, k)(wrapped) for k in KINDS] == [getattr(inspect, k)(func) for k in KINDS]
        assert inspect.signature(wrapped) == inspect.signature(func)
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            assert getattr(wrapped, name) == getattr(func, name)
        assert wrapped.__wrapped__ is func

    @pytest.mark.parametrize(
        ("args", "kwargs"),
        [
            ((1,), {"d": 4}),
            ((1, 20, 30, 40, 50), {"d": 4, "e": 6, "f": 7}),
            ((1,), {"c": 9, "d": 4, "a": 1, "b": 2}),
        ],
    )
    def test_arguments_arrive_as_given(self, func: Any, args: Any, kwargs: Any):
        """Positional-only, defaults, rest, keyword-only and more."""
        assert result(circuit_breaker(func), *args, **kwargs) == result(func, *args, **kwargs)

    def test_wrong_arguments_are_a_type_error(self, func: Any):
        """That names the function."""
        with pytest.raises(TypeError, match=func.__name__):
            result(circuit_breaker(func), 1, 2, 3)

    def test_it_carries_its_breaker(self, func: Any):
        """Named after module and qualname."""
        wrapped = circuit_breaker(func)
        assert isinstance(wrapped.breaker, CircuitBreaker)
        assert wrapped.breaker.name == f"{func.__module__}.{func.__qualname__}"

    def test_a_call_counts(self, func: Any):
        """Once."""
        wrapped = circuit_breaker(func)
        result(wrapped, 1, d=4)
        assert wrapped.breaker.snapshot().totals["calls"] == 1


class TestDefaults:
    """Defaults are the function's own."""

    def test_a_mutable_default_is_shared(self):
        """Not copied."""

        @circuit_breaker
        def collect(item: Any, into: Any = []) -> Any:  # noqa: B006 - the point
            into.append(item)
            return into

        collect(1)
        assert collect(2) == [1, 2]

    def test_defaults_are_evaluated_once(self) -> Any:
        """When the function was made."""
        made = []

        @circuit_breaker
        def work(value: Any = made.append(1)) -> Any:  # noqa: B008 - the point
            return value

        work(), work()
        assert made == [1]

    @pytest.mark.parametrize("names", ["_r_fn", "_r_breaker, _r_period", "self, fn, breaker, period, args, kwargs"])
    def test_no_parameter_name_is_taken(self, names: Any) -> Any:
        """Not even those that the wrapper uses itself."""
        scope = {}
        exec(f"def work({names}): return ({names},)", scope)
        values = tuple(range(len(names.split(","))))
        assert circuit_breaker(scope["work"])(*values) == values


class Service:
    """Methods of every kind."""

    def __init__(self, factor: Any) -> Any:
        self.factor = factor

    @circuit_breaker
    def method(self, x: Any, *, y: Any = 1) -> Any:
        """Doc."""
        return self.factor * x + y

    @circuit_breaker
    async def amethod(self, x: Any) -> Any:
        return self.factor * x

    @circuit_breaker
    def stream(self, n: Any) -> Any:
        yield from range(n * self.factor)

    @circuit_breaker
    @classmethod
    def under(cls, x: Any) -> Any:
        """Doc."""
        return cls.__name__, x

    @classmethod
    @circuit_breaker
    def over(cls, x: Any) -> Any:
        return cls.__name__, x

    @circuit_breaker
    @staticmethod
    def static(x: Any) -> Any:
        """Doc."""
        return x

    def bare(self, x: Any) -> Any:
        """Doc of bare."""
        return self.factor * x


class Child(Service):
    """Inherits them."""


class TestMethods:
    """Decorated in a class, or bound."""

    def test_methods(self):
        """With their own self."""
        assert Service(3).method(2, y=5) == 11
        assert asyncio.run(Service(3).amethod(2)) == 6
        assert list(Service(2).stream(2)) == [0, 1, 2, 3]

    @pytest.mark.parametrize("name", ["under", "over"])
    def test_class_methods(self, name: str):
        """With the class that was asked, above or below ``@classmethod``, on class and instance."""
        assert getattr(Child, name)(1) == ("Child", 1)
        assert getattr(Child(1), name)(1) == ("Child", 1)
        assert getattr(Child, name).breaker is getattr(Service, name).breaker

    def test_static_methods(self):
        """On class and instance."""
        assert (Service.static(1), Service(1).static(2)) == (1, 2)
        assert Service.static.__doc__ == "Doc."

    def test_a_bound_method(self):
        """Decorated from outside: its self stays."""
        wrapped = circuit_breaker(Service(4).bare)
        assert wrapped(2) == 8
        assert (wrapped.__name__, wrapped.__doc__) == ("bare", "Doc of bare.")
        assert list(inspect.signature(wrapped).parameters) == ["x"]

    def test_one_breaker_for_all_instances(self):
        """It belongs to the function."""
        assert Service(1).method.breaker is Service(2).method.breaker

    @pytest.mark.parametrize("door", ["call", "decorate"])
    def test_a_bound_method_under_retry(self, door: Any):
        """Its self is not lost, and a call is one call."""

        class Client:
            calls = 0

            @retry(max_attempts=3, base_delay=0)
            def fetch(self, x: Any) -> Any:
                self.calls += 1
                if self.calls < 3:
                    raise ConnectionError
                return x

        client, breaker = Client(), CircuitBreaker()
        assert (breaker.call(client.fetch, 7) if door == "call" else breaker(client.fetch)(7)) == 7
        assert client.calls == 3
        assert breaker.snapshot().totals["calls"] == 1


class Callable:
    """Can be called."""

    def __call__(self, x: Any) -> Any:
        """Call it."""
        return x


class ACallable:
    """Can be awaited."""

    async def __call__(self, x: Any) -> Any:
        return x


class TestOtherCallables:
    """Partials, objects, built-ins, mocks."""

    @pytest.mark.parametrize("func", [plain, coroutine])
    def test_a_partial(self, func: Any):
        """Keeps the kind, name and doc of its function, and its own signature."""
        part = functools.partial(functools.partial(func, 1), d=4)
        wrapped = circuit_breaker(part)
        assert result(wrapped) == (1, 2, 3, (), 4, 5, {})
        assert inspect.iscoroutinefunction(wrapped) == inspect.iscoroutinefunction(func)
        assert (wrapped.__name__, wrapped.__doc__) == (func.__name__, func.__doc__)
        assert inspect.signature(wrapped) == inspect.signature(part)
        assert wrapped.breaker.name.endswith(func.__name__)

    @pytest.mark.parametrize(("kind", "is_async"), [(Callable, False), (ACallable, True)])
    def test_an_object(self, kind: Any, is_async: Any):
        """Named as its class, of the kind of its ``__call__``."""
        wrapped = circuit_breaker(kind())
        assert result(wrapped, 7) == 7
        assert inspect.iscoroutinefunction(wrapped) is is_async
        assert wrapped.__name__ == kind.__name__
        assert wrapped.__doc__ == kind.__doc__
        assert list(inspect.signature(wrapped).parameters) == ["x"]

    def test_a_builtin(self):
        """Without a code object."""
        wrapped = circuit_breaker(len)
        assert wrapped([1, 2]) == 2
        assert wrapped.__name__ == "len"

    def test_a_class(self):
        """Its instances are made through the breaker."""
        assert circuit_breaker(Service)(3).factor == 3

    @pytest.mark.parametrize("kind", [Mock, MagicMock])
    def test_a_mock_is_a_plain_function(self, kind: Any):
        """It answers to every attribute, and is none of them."""
        mock, breaker = kind(return_value=3), CircuitBreaker()
        assert (breaker(mock)(1), breaker.call(mock, 2)) == (3, 3)
        assert mock.call_count == 2

    async def test_an_async_mock_is_a_coroutine_function(self):
        """By every door."""
        mock, breaker = AsyncMock(return_value=3), CircuitBreaker()
        assert (await breaker(mock)(1), await breaker.execute(mock, 2)) == (3, 3)
        assert mock.await_count == 2

    @pytest.mark.parametrize("given", [3, "name", object(), None])
    def test_what_cannot_be_called_cannot_be_decorated(self, given: Any):
        """A TypeError that says what came."""
        with pytest.raises(TypeError, match=type(given).__name__):
            CircuitBreaker()(given)
