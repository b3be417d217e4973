"""In the end the last original exception is raised, with attempts and delays in a note; never a wrapper."""

from __future__ import annotations

import copy
import gc
import pickle
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest

from recovery.engine.retry import retry
from recovery.engine.types import RetryConfig
from recovery.testing import FakeClock
from tests.engine.retry.helpers import NO_WAIT, Flaky, failing

CONFIG = RetryConfig(max_attempts=3, base_delay=0.5, jitter=False)


def raised(function: Any) -> Exception:
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_it_is_the_last_original_object() -> None:
    errors = [ConnectionError(n) for n in range(3)]
    error = raised(retry(config=NO_WAIT)(Flaky(*errors).function()))
    assert error is errors[2]
    assert (error.__cause__, error.__context__) == (None, None)


def test_the_note_tells_attempts_and_delays() -> None:
    error = raised(retry(config=CONFIG, clock=FakeClock(), name="fetch")(failing(9).function()))
    assert error.__notes__ == [
        "recovery: 'fetch' gave up after 3 attempts (waited 0.5 s, 1 s): 3 of 3 attempts made",
    ]


def test_the_note_tells_why_it_was_not_retried() -> None:
    error = raised(retry(config=CONFIG, name="fetch")(Flaky(FileNotFoundError(2, "gone")).function()))
    assert error.__notes__ == ["recovery: 'fetch' gave up after 1 attempt: not_found is not retried"]


def test_nesting_notes_each_level_once() -> None:
    inner = retry(config=NO_WAIT, name="inner")(failing(99).function())
    error = raised(retry(config=NO_WAIT, name="outer")(inner))
    assert [note.split(" gave")[0] for note in error.__notes__] == ["recovery: 'inner'", "recovery: 'outer'"]


def test_an_exception_object_that_is_raised_again_keeps_one_note() -> None:
    error = ConnectionError("the same every time")
    function = retry(config=CONFIG.replace(jitter=True), clock=FakeClock())(Flaky(*[error] * 90).function())
    for _ in range(30):
        assert raised(function) is error
    assert len(error.__notes__) == 1
    assert function.retrier.operation.snapshot().amplification == 0.0


@dataclass(frozen=True)
class Frozen(Exception):
    code: int


def test_an_exception_that_takes_no_note_is_raised_all_the_same() -> None:
    error = Frozen(5)
    assert raised(retry(config=NO_WAIT)(Flaky(error, error, error).function())) is error


def test_it_still_pickles_and_copies() -> None:
    error = raised(retry(config=NO_WAIT, name="p")(failing(9).function()))
    for other in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert (str(other), other.__notes__) == (str(error), error.__notes__)


@pytest.mark.parametrize(
    "keywords", [{}, {"max_elapsed": 100.0}, {"nested": "stop"}, {"strategy": "auto"}, {"retry_result": bool}]
)
def test_no_cycle_is_left_behind(keywords: dict[str, Any]) -> None:
    def always() -> None:
        raise ConnectionError("x")

    function = retry(max_attempts=3, base_delay=0, **keywords)(always)
    raised(function)
    gc.collect()
    gc.disable()
    try:
        for _ in range(50):
            with suppress(ConnectionError):
                function()
        assert gc.collect() == 0
    finally:
        gc.enable()


async def test_no_cycle_is_left_behind_by_coroutines() -> None:
    async def always() -> None:
        raise ConnectionError("x")

    function = retry(max_attempts=3, base_delay=0)(always)
    gc.collect()
    gc.disable()
    try:
        for _ in range(50):
            with suppress(ConnectionError):
                await function()
        assert gc.collect() == 0
    finally:
        gc.enable()
