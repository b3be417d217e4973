"""Functions to protect, and what the tests of this folder do with them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Boom(Exception):
    """What a failing call raises."""


def fine() -> str:
    return "fine"


def failing() -> None:
    raise Boom("it failed")


def swallow(func: Callable[[], Any], *kinds: type[BaseException]) -> bool:
    """Call it; whether it raised one of ``kinds`` (Boom where none is given)."""
    caught = kinds or (Boom,)
    try:
        func()
    except caught:
        return True
    return False


@contextmanager
def hasty(interval: float = 1e-6) -> Iterator[None]:
    """Let the interpreter switch threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(interval)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def together(*jobs: Callable[[], Any], timeout: float = 60) -> list[Any]:
    """Run the jobs in a thread each, all starting at once; their results, or the first exception."""
    barrier = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)
    errors: list[BaseException] = []

    def run(index: int, job: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout)
            results[index] = job()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout)
        assert not thread.is_alive(), "a thread hangs"
    if errors:
        raise errors[0]
    return results
