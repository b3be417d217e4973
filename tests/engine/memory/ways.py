"""Every way to call through a breaker, as a function that makes one call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any

from recovery.engine import CircuitBreaker

Call = Callable[[], Any]


class Boom(Exception):
    """What a failing call raises."""


def driven(coroutine: Awaitable[Any]) -> Any:
    """The result of a coroutine that never waits."""
    steps = coroutine.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return end.value
    raise AssertionError("it waits")


def _decorated(breaker: CircuitBreaker, body: Call) -> Call:
    @breaker
    def protected() -> Any:
        return body()

    return protected


def _any_arguments(breaker: CircuitBreaker, body: Call) -> Call:
    return breaker(partial(body))


def _coroutine(breaker: CircuitBreaker, body: Call) -> Call:
    @breaker
    async def protected() -> Any:
        return body()

    return lambda: driven(protected())


def _called(breaker: CircuitBreaker, body: Call) -> Call:
    return lambda: breaker.call(body)


def _executed(breaker: CircuitBreaker, body: Call) -> Call:
    return lambda: driven(breaker.execute(body))


def _block(breaker: CircuitBreaker, body: Call) -> Call:
    def call() -> Any:
        with breaker:
            return body()

    return call


def _async_block(breaker: CircuitBreaker, body: Call) -> Call:
    async def call() -> Any:
        async with breaker:
            return body()

    return lambda: driven(call())


def _permit(breaker: CircuitBreaker, body: Call) -> Call:
    def call() -> Any:
        permit = breaker.acquire()
        try:
            result = body()
        except BaseException as exc:
            permit.failure(exc)
            raise
        permit.success()
        return result

    return call


def _generator(breaker: CircuitBreaker, body: Call) -> Call:
    @breaker
    def protected() -> Iterator[Any]:
        yield 1
        body()

    return lambda: list(protected())


def _async_generator(breaker: CircuitBreaker, body: Call) -> Call:
    @breaker
    async def protected() -> AsyncIterator[Any]:
        yield 1
        body()

    async def call() -> None:
        async for _ in protected():
            pass

    return lambda: driven(call())


WAYS: dict[str, Callable[[CircuitBreaker, Call], Call]] = {
    "decorator": _decorated,
    "any arguments": _any_arguments,
    "coroutine": _coroutine,
    "call": _called,
    "execute": _executed,
    "block": _block,
    "async block": _async_block,
    "permit": _permit,
    "generator": _generator,
    "async generator": _async_generator,
}
