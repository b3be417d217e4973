"""A forked child finds every lock open, whoever held it in the parent."""

from __future__ import annotations

import os
from typing import Any

import pytest

from recovery.engine.retry import AdaptiveStrategy, CircuitBreakerStrategy, RetryBudget, retry
from tests.engine.retry.helpers import NO_WAIT, failing


@pytest.mark.parametrize("strategy", [AdaptiveStrategy(NO_WAIT), CircuitBreakerStrategy(NO_WAIT)])
def test_locks_held_in_the_parent_are_open_in_the_child(strategy: Any) -> None:
    budget = RetryBudget()
    function = retry(strategy=strategy, budget=budget, name="forked")(failing(2).function())
    locks = [budget._lock, function.retrier.operation._lock, getattr(strategy, "_window", strategy)._lock]
    for lock in locks:
        lock.acquire()
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if function() == "ok" else 1)
        except BaseException:
            os._exit(2)
    for lock in locks:
        lock.release()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert function() == "ok"
