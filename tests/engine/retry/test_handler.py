"""handle_error: True stops, False decides as usual, raising is logged and counts as False."""

from __future__ import annotations

import pytest

from recovery.engine.retry import ErrorRecoveryManager, ExponentialBackoffStrategy, retry
from tests.engine.retry.helpers import CONTEXT, NO_WAIT, Flaky, Handler, Reporter, failing


async def test_true_stops_and_raises_the_exception() -> None:
    handler, flaky, reporter = Handler([False, True]), failing(9), Reporter()
    executor = ErrorRecoveryManager(ExponentialBackoffStrategy(NO_WAIT), reporter, handler)
    with pytest.raises(ConnectionError, match="no 1") as caught:
        await executor.execute_with_retry(flaky.coroutine(), CONTEXT)
    assert flaky.calls == 2
    assert reporter.severities == ["low", "high"]
    assert "handler" in caught.value.__notes__[0]
    assert handler.asked[0][1] is CONTEXT


def test_false_decides_as_usual() -> None:
    handler, flaky = Handler(), Flaky(FileNotFoundError(2, "gone"))
    with pytest.raises(FileNotFoundError):
        retry(config=NO_WAIT, handler=handler)(flaky.function())()
    assert (flaky.calls, len(handler.asked)) == (1, 1)


def test_raising_is_logged_and_counts_as_false(caplog: pytest.LogCaptureFixture) -> None:
    handler = Handler([ValueError("broken"), ValueError("broken")])
    assert retry(config=NO_WAIT, handler=handler)(failing(2).function())() == "ok"
    assert caplog.text.count("ValueError: broken") == 2


def test_it_is_asked_about_the_last_attempt_too() -> None:
    handler = Handler()
    with pytest.raises(ConnectionError):
        retry(config=NO_WAIT, handler=handler)(failing(9).function())()
    assert len(handler.asked) == 3
