"""Timed loops. Each contender gets its own copy of the loop's code, as each caller in real life has its own call site.

CPython 3.11+ specialises a call site for the function it calls; a site shared by all contenders would be specialised
for whoever came last, and the order of the contenders would be measured.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from time import perf_counter_ns
from types import FunctionType
from typing import Any, TypeVar

from tests.bench.model import Sampler

F = TypeVar("F", bound=Callable[..., Any])
Sync = Callable[[int], Any]
Async = Callable[[int], Awaitable[Any]]

THREADS = 8
TASKS = 1000

# One loop for the whole run: locks and queues of the contenders bind to the loop that they first meet.
_runner = asyncio.Runner()


def run(coroutine: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine in the event loop of the benchmark."""
    return _runner.run(coroutine)


def close() -> None:
    """Close the event loop of the benchmark."""
    _runner.close()


def _own_copy(function: F) -> F:
    return FunctionType(function.__code__.replace(), function.__globals__, function.__name__)  # type: ignore[return-value]


def _empty(calls: int) -> int:
    start = perf_counter_ns()
    for _ in range(calls):
        pass
    return perf_counter_ns() - start


def _calling(function: Sync, calls: int) -> int:
    start = perf_counter_ns()
    for _ in range(calls):
        function(1)
    return perf_counter_ns() - start


def _catching(function: Sync, calls: int) -> int:
    start = perf_counter_ns()
    for _ in range(calls):
        try:  # noqa: SIM105 - a context manager would be measured too
            function(1)
        except Exception:
            pass
    return perf_counter_ns() - start


async def _awaiting(function: Async, calls: int) -> int:
    start = perf_counter_ns()
    for _ in range(calls):
        await function(1)
    return perf_counter_ns() - start


async def _awaiting_catching(function: Async, calls: int) -> int:
    start = perf_counter_ns()
    for _ in range(calls):
        try:  # noqa: SIM105 - a context manager would be measured too
            await function(1)
        except Exception:
            pass
    return perf_counter_ns() - start


def empty() -> Sampler:
    """The loop without a call: what the time cases subtract."""
    return _own_copy(_empty)


def calling(function: Sync) -> Sampler:
    """Calls that succeed."""
    loop = _own_copy(_calling)
    return lambda calls: loop(function, calls)


def catching(function: Sync) -> Sampler:
    """Calls whose exception is caught by the caller."""
    loop = _own_copy(_catching)
    return lambda calls: loop(function, calls)


def awaiting(function: Async) -> Sampler:
    """Awaited calls that succeed."""
    loop = _own_copy(_awaiting)
    return lambda calls: run(loop(function, calls))


def awaiting_catching(function: Async) -> Sampler:
    """Awaited calls whose exception is caught by the caller."""
    loop = _own_copy(_awaiting_catching)
    return lambda calls: run(loop(function, calls))


def in_threads(function: Sync) -> Sampler:
    """Eight threads share the calls; wall time from the first start to the last end."""
    loop = _own_copy(_calling)

    def sample(calls: int) -> int:
        barrier = threading.Barrier(THREADS)
        spans: list[tuple[int, int]] = []

        def work() -> None:
            barrier.wait()
            start = perf_counter_ns()
            loop(function, calls // THREADS)
            spans.append((start, perf_counter_ns()))

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(spans) != THREADS:
            raise RuntimeError("a thread failed")
        return max(end for _, end in spans) - min(start for start, _ in spans)

    return sample


def in_tasks(function: Async) -> Sampler:
    """A thousand tasks share the calls; wall time of all of them."""
    loop = _own_copy(_awaiting)

    async def crowd(calls: int) -> int:
        start = perf_counter_ns()
        async with asyncio.TaskGroup() as group:
            for _ in range(TASKS):
                group.create_task(loop(function, calls // TASKS))
        return perf_counter_ns() - start

    return lambda calls: run(crowd(calls))
