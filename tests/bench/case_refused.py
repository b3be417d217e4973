"""Calls that end in an exception: rejected by an open breaker, or failed by the service. The caller catches both."""

from __future__ import annotations

from functools import partial

from tests.bench import loops, ours, peers
from tests.bench.contend import MakeDecorator, Way, breakers, fails, fails_async, line_up, rejects, rejects_async
from tests.bench.functions import fail, fail_async
from tests.bench.model import Case, Contender, Goal, Mode

_REJECTED: dict[Mode, Way] = {
    "sync": Way(lambda: fail, rejects, loops.catching),
    "async": Way(lambda: fail_async, rejects_async, loops.awaiting_catching),
}
_FAILED: dict[Mode, Way] = {
    "sync": Way(lambda: fail, fails, loops.catching),
    "async": Way(lambda: fail_async, fails_async, loops.awaiting_catching),
}


def _contenders(way: Way, mode: Mode, mine: MakeDecorator, threshold: int) -> list[Contender]:
    return line_up(way, mine, breakers(mode, threshold))


def _rejected(mode: Mode, goal: float) -> Case:
    contenders = partial(_contenders, _REJECTED[mode], mode, ours.opening_at_once, 1)
    return Case("open", "open, rejected and caught", mode, Goal(goal), contenders)


def _failed(mode: Mode, goal: float) -> Case:
    contenders = partial(_contenders, _FAILED[mode], mode, ours.never_opening, peers.NEVER)
    return Case("failing", "failing call", mode, Goal(goal), contenders)


CASES = (_rejected("sync", 0.50), _rejected("async", 0.53), _failed("sync", 0.72), _failed("async", 0.72))
