"""``with breaker:`` in crowds, and where a block ends elsewhere than it began."""

from __future__ import annotations

import contextvars
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from recovery.engine import BreakerConfig, CircuitBreaker, blocks
from tests.engine.concurrency.calls import Boom, hasty, together

NEVER_OPENS = BreakerConfig(failure_threshold=None)


def _totals(breaker: CircuitBreaker) -> tuple[int, int]:
    totals = breaker.snapshot().totals
    return totals["successes"], totals["failures"]


def test_a_block_may_end_in_another_context_and_thread() -> None:
    """A dependency of a web framework is entered and left in copies of the request's context, in threads of a pool."""
    breaker = CircuitBreaker()

    @contextmanager
    def dependency() -> Generator[None, None, None]:
        with breaker:
            yield

    with ThreadPoolExecutor(2) as pool:
        first, second = dependency(), dependency()
        for manager in (first, second):
            pool.submit(contextvars.copy_context().run, manager.__enter__).result(60)
        pool.submit(contextvars.copy_context().run, first.__exit__, None, None, None).result(60)
        end = pool.submit(contextvars.copy_context().run, second.__exit__, Boom, Boom(), None)
        assert not end.result(60)
    assert _totals(breaker) == (1, 1)
    assert not blocks._by_frame


def test_a_block_outlives_the_list_that_it_was_put_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two stacks whose frames had the same id: one is left, and takes the list away, while the other is entered."""

    class Frames(dict[int, list[Any]]):
        def setdefault(self, key: int, default: Any = None) -> Any:
            found = super().setdefault(key, default)
            del self[key]
            return found

    monkeypatch.setattr(blocks, "_by_frame", Frames())
    breaker = CircuitBreaker()
    with breaker:
        pass
    assert _totals(breaker) == (1, 0)


def test_a_late_block_leaves_nothing_behind() -> None:
    """A block that outlives its period counts nowhere, and nobody keeps it."""
    breaker = CircuitBreaker()
    with breaker:
        breaker.reset()
    assert not blocks._by_frame
    assert not blocks._by_context.get()
    assert _totals(breaker) == (0, 0)


@pytest.mark.parametrize("kind", ["block", "stack"])
def test_blocks_of_many_threads_settle_once_each(kind: str) -> None:
    """Nested blocks of eight threads, by ``with`` and by ``ExitStack``: each is settled by its own end."""
    breaker = CircuitBreaker(config=NEVER_OPENS)

    def block(failing: bool) -> None:
        with breaker:
            if failing:
                raise Boom

    def stack(failing: bool) -> None:
        with ExitStack() as exits:
            exits.enter_context(breaker)
            if failing:
                raise Boom

    way = block if kind == "block" else stack

    def job() -> None:
        for turn in range(400):
            with breaker, suppress(Boom):
                way(turn % 4 == 0)

    with hasty():
        together(*[job] * 8)
    assert _totals(breaker) == (8 * 700, 8 * 100)
    assert not blocks._by_frame


def test_stacks_that_are_open_at_the_same_time_do_not_mix() -> None:
    """Stacks entered by frames that are gone, of many threads: what one of them raises fails its own block."""
    calm, wild = CircuitBreaker(config=NEVER_OPENS), CircuitBreaker(config=NEVER_OPENS)

    def job(breaker: CircuitBreaker, failing: bool) -> None:
        for _ in range(500):
            with suppress(Boom), ExitStack() as exits:
                for _ in range(3):
                    exits.enter_context(breaker)
                if failing:
                    raise Boom

    with hasty():
        together(*[lambda: job(calm, False), lambda: job(wild, True)] * 4)
    assert _totals(calm) == (6_000, 0)
    assert _totals(wild) == (0, 6_000)
    assert not blocks._by_frame
