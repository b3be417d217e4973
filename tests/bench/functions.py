"""The functions that the contenders protect: they do nothing, so that only the protection is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable


class Down(Exception):
    """The failure of the protected service."""


def answer(value: int) -> int:
    """Succeed."""
    return value


async def answer_async(value: int) -> int:
    """Succeed without suspending."""
    return value


def fail(value: int) -> int:
    """Fail."""
    raise Down


async def fail_async(value: int) -> int:
    """Fail without suspending."""
    raise Down


def wait_1ms(value: int) -> int:
    """Wait as a client waits for its server."""
    time.sleep(0.001)
    return value


async def give_way(value: int) -> int:
    """Let the other tasks run once."""
    await asyncio.sleep(0)
    return value


def flaky() -> Callable[[int], int]:
    """A function that fails twice, then succeeds, again and again."""
    calls = 0

    def fails_twice(value: int) -> int:
        nonlocal calls
        calls += 1
        if calls % 3:
            raise Down
        return value

    return fails_twice


def flaky_async() -> Callable[[int], Awaitable[int]]:
    """The same as a coroutine function."""
    calls = 0

    async def fails_twice(value: int) -> int:
        nonlocal calls
        calls += 1
        if calls % 3:
            raise Down
        return value

    return fails_twice
