"""Generators: retried until the first item; after it only with restart=True."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from recovery.engine.retry import RetryBudget, retry
from recovery.testing import FakeClock
from tests.engine.retry.helpers import NO_WAIT, Reporter

Script = list[list[Any]]


def sync_stream(script: Script) -> Callable[[], Iterator[Any]]:
    def stream() -> Iterator[Any]:
        for item in script.pop(0):
            if isinstance(item, BaseException):
                raise item
            yield item

    return stream


def async_stream(script: Script) -> Callable[[], AsyncIterator[Any]]:
    async def stream() -> AsyncIterator[Any]:
        for item in script.pop(0):
            if isinstance(item, BaseException):
                raise item
            yield item

    return stream


async def read(stream: Any) -> list[Any]:
    return [item async for item in stream] if hasattr(stream, "__aiter__") else list(stream)


@pytest.fixture(params=[sync_stream, async_stream], ids=["sync", "async"])
def made(request: pytest.FixtureRequest) -> Any:
    return request.param


async def test_a_failure_before_the_first_item_is_retried(made: Any) -> None:
    reporter = Reporter()
    function = retry(config=NO_WAIT, reporter=reporter)(made([[ConnectionError()], [TimeoutError()], [1, 2]]))
    assert await read(function()) == [1, 2]
    assert reporter.severities == ["low", "medium"]
    assert function.retrier.operation.snapshot().successes_after_retry == 1


async def test_a_failure_after_it_is_not(made: Any) -> None:
    error, reporter = ConnectionError(), Reporter()
    function = retry(config=NO_WAIT, reporter=reporter)(made([[1, error], [1, 2]]))
    stream: Any = function()
    got = [next(stream) if made is sync_stream else await anext(stream)]
    with pytest.raises(ConnectionError) as caught:
        next(stream) if made is sync_stream else await anext(stream)
    assert (got, caught.value is error, reporter.severities) == ([1], True, ["high"])
    assert "the stream had begun" in error.__notes__[0]


async def test_restart_begins_again(made: Any) -> None:
    function = retry(config=NO_WAIT, restart=True)(made([[1, ConnectionError()], [1, 2]]))
    assert await read(function()) == [1, 1, 2]


async def test_attempts_run_out(made: Any) -> None:
    errors = [ConnectionError() for _ in range(3)]
    function = retry(config=NO_WAIT)(made([[error] for error in errors]))
    with pytest.raises(ConnectionError) as caught:
        await read(function())
    assert caught.value is errors[2]


async def test_an_empty_stream_is_a_success(made: Any) -> None:
    function = retry(config=NO_WAIT)(made([[]]))
    assert await read(function()) == []
    assert function.retrier.operation.snapshot().attempts == 1


async def test_the_kind_is_kept(made: Any) -> None:
    function = retry(made([[]]))
    assert inspect.isgeneratorfunction(function) == (made is sync_stream)
    assert inspect.isasyncgenfunction(function) == (made is async_stream)
    assert function.__name__ == "stream"


async def test_closing_early_closes_the_inner_one_and_is_neutral(made: Any) -> None:
    closed: list[bool] = []

    def plain() -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    async def asynchronous() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    function: Any = retry(config=NO_WAIT, budget=RetryBudget(clock=FakeClock()))(
        plain if made is sync_stream else asynchronous
    )
    stream = function()
    if made is sync_stream:
        assert next(stream) == 1
        stream.close()
    else:
        assert await anext(stream) == 1
        await stream.aclose()
    figures = function.retrier.operation.snapshot()
    assert (closed, figures.attempts, figures.gave_up) == ([True], 0, 0)


def test_what_is_sent_thrown_and_returned_passes_through() -> None:
    heard: list[Any] = []

    @retry(config=NO_WAIT)
    def talk() -> Any:
        heard.append((yield "a"))
        try:
            yield "b"
        except KeyError as error:
            heard.append(type(error))
        yield "c"
        return "done"

    stream = talk()
    assert (next(stream), stream.send("hello"), stream.throw(KeyError("x"))) == ("a", "b", "c")
    with pytest.raises(StopIteration) as end:
        next(stream)
    assert (heard, end.value.value) == (["hello", KeyError], "done")


async def test_what_is_sent_and_thrown_into_async_ones_passes_through() -> None:
    heard: list[Any] = []

    @retry(config=NO_WAIT)
    async def talk() -> Any:
        heard.append((yield "a"))
        try:
            yield "b"
        except KeyError as error:
            heard.append(type(error))
        yield "c"

    stream = talk()
    assert await anext(stream) == "a"
    assert await stream.asend("hello") == "b"
    assert await stream.athrow(KeyError("x")) == "c"
    assert heard == ["hello", KeyError]


async def test_waits_and_deadlines_hold_for_streams_too(made: Any) -> None:
    clock = FakeClock()
    function = retry(max_attempts=9, base_delay=1.0, jitter=False, max_elapsed=4.0, clock=clock)(
        made([[ConnectionError()]] * 9)
    )
    with pytest.raises(ConnectionError):
        await read(function())
    assert clock.slept == [1.0, 2.0]


def test_auto_guards_streams() -> None:
    function = retry(strategy="auto", config=NO_WAIT, failure_threshold=2, name="auto.stream")(
        sync_stream([[MemoryError()]] * 9)
    )
    with pytest.raises(MemoryError):
        list(function())
    assert function.retrier.strategy.breaker("auto.stream").state == "OPEN"
