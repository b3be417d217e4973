"""One breaker shared by many: eight threads, or a thousand tasks. Goals are throughputs."""

from __future__ import annotations

from tests.bench import loops, ours, peers
from tests.bench.contend import Way, breakers, line_up, succeeds, succeeds_async
from tests.bench.functions import answer, give_way, wait_1ms
from tests.bench.model import Case, Contender, Goal

WAITS_PER_THREAD = 40
CALLS_PER_TASK = 10


def _busy_threads() -> list[Contender]:
    return line_up(Way(lambda: answer, succeeds, loops.in_threads), ours.counting, breakers("sync", peers.NEVER))


def _waiting_threads() -> list[Contender]:
    return line_up(Way(lambda: wait_1ms, succeeds, loops.in_threads), ours.counting, breakers("sync", peers.NEVER))


def _tasks() -> list[Contender]:
    way = Way(lambda: give_way, succeeds_async, loops.in_tasks)
    return line_up(way, ours.counting, breakers("async", peers.NEVER))


CASES = (
    Case(
        "threads",
        "8 threads, one breaker",
        "sync",
        Goal(2.3, "peer", "throughput"),
        _busy_threads,
        sample_ms=60,
        step=loops.THREADS,
        net_of_loop=False,
    ),
    Case(
        "waiting",
        "8 threads, 1 ms calls",
        "sync",
        Goal(0.98, "bare", "throughput"),
        _waiting_threads,
        calls=loops.THREADS * WAITS_PER_THREAD,
        step=loops.THREADS,
        net_of_loop=False,
    ),
    Case(
        "tasks",
        "1,000 tasks, one breaker",
        "async",
        Goal(0.68, "bare", "throughput"),
        _tasks,
        calls=loops.TASKS * CALLS_PER_TASK,
        step=loops.TASKS,
        net_of_loop=False,
    ),
)
