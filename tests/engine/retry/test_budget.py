"""RetryBudget: retries in proportion to first attempts, a reserve per second, never negative."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.engine.budget import shared_budget
from recovery.engine.retry import AdaptiveStrategy, ExponentialBackoffStrategy, RetryBudget, retry
from recovery.testing import FakeClock
from tests.engine.retry.helpers import NO_WAIT, Flaky, failing


def empty(clock: FakeClock | None = None, ratio: float = 0.1, reserve: float = 0.0) -> RetryBudget:
    budget = RetryBudget(ratio, reserve, clock=clock or FakeClock())
    while budget.withdraw():
        pass
    return budget


def test_ten_first_attempts_pay_for_one_retry() -> None:
    budget = empty()
    for _ in range(10):
        budget.deposit()
    assert budget.withdraw()
    assert not budget.withdraw()


def test_the_reserve_fills_by_the_second_and_saves_ten_of_them() -> None:
    clock = FakeClock()
    budget = empty(clock, reserve=2.0)
    assert not budget.withdraw()
    clock.advance(1.0)
    assert budget.balance == 2.0
    clock.advance(1e6)
    assert budget.balance == 20.0


def test_a_new_budget_has_its_reserve() -> None:
    assert RetryBudget(clock=FakeClock()).balance == 10.0


def test_a_clock_that_steps_back_earns_and_loses_nothing() -> None:
    clock = FakeClock(100.0)
    budget = empty(clock, reserve=1.0)
    clock.advance(-50.0)
    assert budget.balance == 0.0
    clock.advance(1.0)
    assert budget.balance == 1.0


def test_what_first_attempts_earned_is_bounded() -> None:
    budget = RetryBudget(ratio=1.0, reserve=0.0, clock=FakeClock())
    for _ in range(5000):
        budget.deposit()
    assert budget.balance == budget.capacity == 1000.0


@given(
    st.floats(min_value=0, max_value=3),
    st.floats(min_value=0, max_value=5),
    st.lists(st.sampled_from(["deposit", "withdraw", "refund", "tick", "back"]), max_size=60),
)
def test_never_negative_never_above_the_capacity(ratio: float, reserve: float, acts: list[str]) -> None:
    clock = FakeClock()
    budget = RetryBudget(ratio, reserve, clock=clock)
    for act in acts:
        if act in ("tick", "back"):
            clock.advance(1.5 if act == "tick" else -0.7)
        else:
            getattr(budget, act)()
        assert 0.0 <= budget.balance <= budget.capacity + 1e-6


@given(st.integers(min_value=0, max_value=60), st.floats(min_value=0, max_value=1))
def test_retries_never_exceed_the_ratio(firsts: int, ratio: float) -> None:
    budget = RetryBudget(ratio, 0.0, clock=FakeClock())
    for _ in range(firsts):
        budget.deposit()
    allowed = 0
    while budget.withdraw():
        allowed += 1
    assert abs(allowed - ratio * firsts) < 1.0001
    assert allowed <= ratio * firsts + 1e-6


@given(st.integers(min_value=1, max_value=10))
def test_a_refund_undoes_a_withdrawal(times: int) -> None:
    budget = RetryBudget(clock=FakeClock())
    before = budget.balance
    for _ in range(times):
        assert budget.withdraw()
    for _ in range(times):
        budget.refund()
    assert abs(budget.balance - before) < 1e-9


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf"), "1", True, None])
@pytest.mark.parametrize("field", ["ratio", "reserve"])
def test_bad_numbers_are_refused_by_name(field: str, bad: Any) -> None:
    with pytest.raises(ValueError, match=field):
        RetryBudget(**{field: bad})


def test_an_empty_budget_stops_retries_but_no_first_attempt() -> None:
    budget = empty()
    for _ in range(3):
        flaky = failing(9)
        with pytest.raises(ConnectionError) as caught:
            retry(config=NO_WAIT, budget=budget)(flaky.function())()
        assert flaky.calls == 1
        assert "budget" in caught.value.__notes__[0]


def test_errors_that_are_not_retried_cost_nothing() -> None:
    budget = RetryBudget(clock=FakeClock())
    flaky = Flaky(*(_not_found() for _ in range(5)))
    for _ in range(5):
        with pytest.raises(FileNotFoundError):
            retry(config=NO_WAIT, budget=budget)(flaky.function())()
    assert budget.balance == pytest.approx(10.5)


def _not_found() -> Exception:
    return FileNotFoundError(2, "no such file")


def test_the_last_attempt_costs_nothing() -> None:
    budget = RetryBudget(ratio=0, clock=FakeClock())
    with pytest.raises(ConnectionError):
        retry(config=NO_WAIT, budget=budget)(failing(9).function())()
    assert budget.balance == 8.0


def test_successful_first_attempts_earn() -> None:
    budget = empty()
    works = retry(config=NO_WAIT, budget=budget)(lambda: 1)
    for _ in range(10):
        works()
    assert budget.balance == pytest.approx(1.0)


def test_a_strategy_brings_its_budget() -> None:
    budget = empty()
    flaky = failing(9)
    with pytest.raises(ConnectionError):
        retry(strategy=ExponentialBackoffStrategy(NO_WAIT, budget=budget))(flaky.function())()
    assert flaky.calls == 1


def test_adaptive_takes_the_services_shared_budget() -> None:
    one = retry(strategy=AdaptiveStrategy(NO_WAIT), service_name="shared.a")(lambda: 1)
    two = retry(strategy=AdaptiveStrategy(NO_WAIT), service_name="shared.a")(lambda: 1)
    other = retry(strategy=AdaptiveStrategy(NO_WAIT), service_name="shared.b")(lambda: 1)
    assert one.retrier.budget is two.retrier.budget is shared_budget("shared.a")
    assert other.retrier.budget is not one.retrier.budget


def test_the_snapshot_shows_tokens_and_capacity() -> None:
    works = retry(config=NO_WAIT, budget=RetryBudget(clock=FakeClock()))(lambda: 1)
    assert works.retrier.operation.snapshot().as_dict()["budget"] == {"tokens": 10.0, "capacity": 1010.0}


def test_something_else_is_refused() -> None:
    with pytest.raises(TypeError, match="withdraw"):
        retry(budget=object())


def test_deposits_of_many_threads_are_all_counted() -> None:
    budget = RetryBudget(ratio=0.001, reserve=0.0, clock=FakeClock())

    def work() -> None:
        for _ in range(50_000):
            budget.deposit()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert budget.balance == pytest.approx(200.0)
