"""A closed breaker lets a successful call through: the cost that everybody pays, always."""

from __future__ import annotations

from functools import partial

from tests.bench import loops, ours, peers
from tests.bench.contend import MakeDecorator, Way, breakers, line_up, succeeds, succeeds_async
from tests.bench.functions import answer, answer_async
from tests.bench.model import Case, Contender, Goal, Mode

_WAYS: dict[Mode, Way] = {
    "sync": Way(lambda: answer, succeeds, loops.calling),
    "async": Way(lambda: answer_async, succeeds_async, loops.awaiting),
}


def _contenders(mode: Mode, mine: MakeDecorator) -> list[Contender]:
    return line_up(_WAYS[mode], mine, breakers(mode, peers.NEVER))


def _clocks(mode: Mode, goal: float) -> Case:
    title = "closed, with clocks, histogram, slow calls"
    return Case("clocks", title, mode, Goal(goal), partial(_contenders, mode, ours.with_clocks), ours.measuring)


def _counting(mode: Mode, goal: float) -> Case:
    return Case("closed", "closed, counting only", mode, Goal(goal), partial(_contenders, mode, ours.counting))


CASES = (_clocks("sync", 0.42), _clocks("async", 0.50), _counting("sync", 0.15), _counting("async", 0.25))
