"""Retries: the first attempt succeeds; two attempts fail without delay; a retry under a breaker."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.bench import loops, ours, peers
from tests.bench.contend import Way, line_up, succeeds, succeeds_async
from tests.bench.functions import answer, answer_async, flaky, flaky_async
from tests.bench.model import Case, Contender, Goal, Mode

_CALM: dict[Mode, Way] = {
    "sync": Way(lambda: answer, succeeds, loops.calling),
    "async": Way(lambda: answer_async, succeeds_async, loops.awaiting),
}
_FLAKY: dict[Mode, Way] = {
    "sync": Way(flaky, succeeds, loops.calling),
    "async": Way(flaky_async, succeeds_async, loops.awaiting),
}


def _try_loop(function: Callable[[int], Any]) -> Callable[[int], Any]:
    """What one would write by hand."""

    def call(value: int) -> Any:
        for attempt in range(peers.ATTEMPTS):
            try:
                return function(value)
            except Exception:
                if attempt == peers.ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    return call


def _try_loop_async(function: Callable[[int], Any]) -> Callable[[int], Any]:
    async def call(value: int) -> Any:
        for attempt in range(peers.ATTEMPTS):
            try:
                return await function(value)
            except Exception:
                if attempt == peers.ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    return call


def _retries(way: Way, mode: Mode) -> list[Contender]:
    bare = _try_loop if mode == "sync" else _try_loop_async
    return line_up(way, ours.retrying, peers.RETRIES if mode == "sync" else peers.ASYNC_RETRIES, bare)


def _stacks(mode: Mode) -> list[Contender]:
    return line_up(_CALM[mode], ours.stacked, peers.STACKS if mode == "sync" else peers.ASYNC_STACKS)


def _first(mode: Mode, goal: float) -> Case:
    return Case("retry", "retry, first attempt succeeds", mode, Goal(goal), partial(_retries, _CALM[mode], mode))


def _third(mode: Mode) -> Case:
    contenders = partial(_retries, _FLAKY[mode], mode)
    return Case("retry2", "retry, two failures, no delay", mode, Goal(3.0, "bare"), contenders, peers.without_sleep)


def _stacked(mode: Mode, goal: float) -> Case:
    return Case("stacked", "breaker + retry", mode, Goal(goal), partial(_stacks, mode))


CASES = (
    *(_first("sync", 0.05), _first("async", 0.20)),
    *(_third("sync"), _third("async")),
    *(_stacked("sync", 0.10), _stacked("async", 0.21)),
)
