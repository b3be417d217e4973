"""Nested retries: both levels retry as written; what that multiplies is counted; nested="stop" ends it."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine.retry import retry
from tests.engine.retry.helpers import NO_WAIT, Flaky, failing


def stack(flaky: Flaky, *levels: dict[str, Any]) -> list[Any]:
    """Functions from the inside out."""
    functions: list[Any] = [flaky.function()]
    for level, keywords in enumerate(levels):
        functions.append(retry(config=NO_WAIT, name=f"level{level}", **keywords)(functions[-1]))
    return functions[1:]


def figures(function: Any) -> Any:
    return function.retrier.operation.snapshot()


def test_both_levels_retry_as_written() -> None:
    flaky = failing(99)
    inner, outer = stack(flaky, {}, {})
    with pytest.raises(ConnectionError):
        outer()
    assert flaky.calls == 9
    assert (figures(inner).attempts, figures(outer).attempts) == (9, 3)
    assert (figures(inner).amplification, figures(outer).amplification) == (0.0, 9.0)


def test_three_levels_count_what_reached_the_bottom() -> None:
    flaky = failing(99)
    _, _, outer = stack(flaky, {}, {}, {})
    with pytest.raises(ConnectionError):
        outer()
    assert flaky.calls == 27
    assert figures(outer).amplification == 27.0


def test_amplification_is_per_outer_call() -> None:
    _, outer = stack(failing(3), {}, {})
    for _ in range(4):
        assert outer() == "ok"
    assert figures(outer).amplification == pytest.approx(3 / 4)


def test_an_inner_retry_that_recovered_amplifies_nothing() -> None:
    _, outer = stack(failing(2), {}, {})
    assert outer() == "ok"
    assert (figures(outer).attempts, figures(outer).amplification) == (1, 0.0)


def test_stop_raises_at_once_what_an_inner_retry_gave_up_on() -> None:
    flaky = failing(99)
    _, outer = stack(flaky, {}, {"nested": "stop"})
    with pytest.raises(ConnectionError) as caught:
        outer()
    assert flaky.calls == 3
    assert "an inner retry had given up" in caught.value.__notes__[1]


def test_stop_still_retries_other_errors() -> None:
    flaky = failing(2)
    (outer,) = stack(flaky, {"nested": "stop"})
    assert outer() == "ok"


def test_stop_does_not_mistake_an_old_exception_object_for_an_inner_retrys() -> None:
    error = ConnectionError("one object")
    flaky = Flaky(*[error] * 9)
    (outer,) = stack(flaky, {"nested": "stop"})
    for calls in (3, 6, 9):
        with pytest.raises(ConnectionError):
            outer()
        assert flaky.calls == calls


async def test_coroutines_nest_too() -> None:
    flaky = failing(99)
    inner = retry(config=NO_WAIT, name="i")(flaky.coroutine())
    outer = retry(config=NO_WAIT, name="o")(inner)
    with pytest.raises(ConnectionError):
        await outer()
    assert (flaky.calls, figures(outer).amplification) == (9, 9.0)
