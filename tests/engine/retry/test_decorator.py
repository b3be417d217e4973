"""@retry on every kind of callable; kind, name, doc and signature are kept."""

from __future__ import annotations

import functools
import inspect
from typing import Any
from unittest.mock import AsyncMock

import pytest

import recovery.engine.retry as module
from recovery.engine.retry import retry
from recovery.testing import FakeClock
from tests.engine.retry.helpers import NO_WAIT, Flaky, OwnStrategy, failing


@retry
def bare(a: int, /, b: int, *, c: int = 3) -> tuple[int, int, int]:
    """Its doc."""
    return a, b, c


def test_bare() -> None:
    assert bare(1, b=2) == (1, 2, 3)
    assert bare.retrier.operation.name == f"{__name__}.bare"


def test_name_doc_and_signature_are_kept() -> None:
    assert (bare.__name__, bare.__doc__) == ("bare", "Its doc.")
    assert str(inspect.signature(bare)) == "(a: 'int', /, b: 'int', *, c: 'int' = 3) -> 'tuple[int, int, int]'"
    with pytest.raises(TypeError):
        bare(1)  # type: ignore[call-arg]


def test_empty_brackets() -> None:
    assert retry()(lambda: 1)() == 1


def test_the_kind_is_kept() -> None:
    assert inspect.iscoroutinefunction(retry(failing(0).coroutine()))
    assert not inspect.iscoroutinefunction(retry(failing(0).function()))


class Service:
    def __init__(self) -> None:
        self.flaky = failing(2)

    @retry(config=NO_WAIT)
    def method(self) -> Any:
        return self.flaky.next()

    @retry(config=NO_WAIT)
    @classmethod
    def of_class(cls, flaky: Flaky) -> Any:
        return cls, flaky.next()

    @classmethod
    @retry(config=NO_WAIT)
    def of_class_too(cls, flaky: Flaky) -> Any:
        return cls, flaky.next()

    @retry(config=NO_WAIT)
    @staticmethod
    def static(flaky: Flaky) -> Any:
        return flaky.next()


def test_methods() -> None:
    assert Service().method() == "ok"
    assert Service.of_class(failing(2)) == (Service, "ok")
    assert Service().of_class_too(failing(2)) == (Service, "ok")
    assert Service.static(failing(2)) == Service().static(failing(2)) == "ok"


def test_bound_methods_partials_and_callables() -> None:
    class Called:
        def __init__(self) -> None:
            self.flaky = failing(2)

        def __call__(self, _n: int) -> Any:
            return self.flaky.next()

    flaky = failing(2)
    assert retry(config=NO_WAIT)(flaky.next)() == "ok"
    assert retry(config=NO_WAIT)(Called())(1) == "ok"
    partial = retry(config=NO_WAIT)(functools.partial(Called(), 1))
    assert partial() == "ok"
    assert partial.retrier.operation.name.endswith("Called")


async def test_coroutine_partials_callables_and_mocks() -> None:
    class Called:
        def __init__(self) -> None:
            self.flaky = failing(2)

        async def __call__(self) -> Any:
            return self.flaky.next()

    for function in (Called(), functools.partial(failing(2).coroutine(), 1)):
        wrapped = retry(config=NO_WAIT)(function)
        assert inspect.iscoroutinefunction(wrapped)
        assert await wrapped() == "ok"
    mock = AsyncMock(side_effect=[ConnectionError(), "ok"])
    assert await retry(config=NO_WAIT)(mock)() == "ok"


def test_arguments_reach_every_attempt() -> None:
    seen: list[Any] = []

    @retry(config=NO_WAIT)
    def function(a: int, *rest: int, key: int, **more: int) -> None:
        seen.append((a, rest, key, more))
        if len(seen) < 3:
            raise ConnectionError

    function(1, 2, 3, key=4, other=5)
    assert seen == [(1, (2, 3), 4, {"other": 5})] * 3


@pytest.mark.parametrize(
    "on", [ConnectionError, (ConnectionError, KeyError), lambda error: isinstance(error, ConnectionError)]
)
def test_on_says_which(on: Any) -> None:
    assert retry(config=NO_WAIT, on=on)(failing(2).function())() == "ok"
    flaky = failing(1, RuntimeError)
    with pytest.raises(RuntimeError):
        retry(config=NO_WAIT, on=on)(flaky.function())()
    assert flaky.calls == 1


def test_on_overrides_what_the_reason_says() -> None:
    flaky = Flaky(FileNotFoundError(2, "not yet"))
    assert retry(config=NO_WAIT, on=FileNotFoundError)(flaky.function())() == "ok"


def test_a_predicate_that_raises_says_no(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_error: BaseException) -> bool:
        raise ZeroDivisionError

    flaky = failing(1)
    with pytest.raises(ConnectionError):
        retry(config=NO_WAIT, on=broken)(flaky.function())()
    assert flaky.calls == 1
    assert "ZeroDivisionError" in caplog.text


def test_retry_result_retries_values_and_gives_the_last_one_in_the_end() -> None:
    flaky = Flaky(None, 0, False)
    assert retry(config=NO_WAIT, retry_result=lambda value: not value)(flaky.function())() is False
    assert flaky.calls == 3
    assert retry(config=NO_WAIT, retry_result=lambda value: not value)(Flaky(None, 5).function())() == 5


async def test_retry_result_waits_between() -> None:
    clock = FakeClock()
    function = retry(base_delay=1.0, jitter=False, clock=clock, retry_result=lambda v: v is None)(
        Flaky(None, ConnectionError()).coroutine()
    )
    assert await function() == "ok"
    assert clock.slept == [1.0, 2.0]


def test_a_retry_result_that_raises_keeps_the_value(caplog: pytest.LogCaptureFixture) -> None:
    assert retry(retry_result=lambda value: value.missing)(lambda: 5)() == 5
    assert "retry_result" in caplog.text


def test_retry_result_asks_an_own_strategy_for_the_delay_only() -> None:
    strategy = OwnStrategy()
    retry(strategy=strategy, retry_result=lambda value: value is None)(Flaky(None).function())()
    assert strategy.asked == [("delay", 0)]
    assert (strategy.total_attempts, strategy.failed_attempts) == (2, 1)


def test_the_module_can_be_called_as_the_decorator() -> None:
    assert module(config=NO_WAIT)(failing(2).function())() == "ok"  # type: ignore[operator]
    assert module.retry is retry


REFUSED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"strategy": "linear"}, ValueError, "exponential"),
    ({"strategy": object()}, TypeError, "should_retry"),
    ({"strategy": 3}, TypeError, "should_retry"),
    ({"handler": object()}, TypeError, "handle_error"),
    ({"reporter": object()}, TypeError, "report_error"),
    ({"config": {"max_attempts": 3}}, TypeError, "RetryConfig"),
    ({"max_attempts": 0}, ValueError, "max_attempts"),
    ({"tries": 3}, TypeError, "tries"),
    ({"on": "ConnectionError"}, TypeError, "on must be"),
    ({"on": (ConnectionError, 5)}, TypeError, "on must be"),
    ({"on": int}, TypeError, "on must be"),
    ({"retry_result": 5}, TypeError, "retry_result"),
    ({"name": ""}, TypeError, "name"),
    ({"service_name": 5}, TypeError, "service_name"),
    ({"clock": object()}, TypeError, "asleep"),
]


@pytest.mark.parametrize(("keywords", "error", "named"), REFUSED)
def test_what_is_wrong_is_refused_where_it_stands(keywords: dict[str, Any], error: type[Exception], named: str) -> None:
    with pytest.raises(error, match=named):
        retry(**keywords)


def test_an_exception_class_in_the_functions_place_is_explained() -> None:
    with pytest.raises(TypeError, match="on=ConnectionError"):
        retry(ConnectionError)


@pytest.mark.parametrize("thing", [5, "f", None])
def test_what_cannot_be_called_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match="callables"):
        retry(config=NO_WAIT)(thing)
