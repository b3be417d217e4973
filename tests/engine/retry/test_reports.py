"""Every failed attempt is reported once; no reporter harms the call."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from recovery.engine import asking, drive, sinks
from recovery.engine.retry import ErrorRecoveryManager, ExponentialBackoffStrategy, retry
from recovery.testing import drain
from tests.engine.retry.helpers import CONTEXT, NO_WAIT, Flaky, Reporter, failing


def test_two_failures_two_reports() -> None:
    reporter = Reporter()
    retry(config=NO_WAIT, reporter=reporter)(failing(2).function())()
    assert reporter.severities == ["low", "medium"]


async def test_the_last_attempt_is_reported_as_high() -> None:
    reporter = Reporter()
    executor = ErrorRecoveryManager(ExponentialBackoffStrategy(NO_WAIT), reporter)
    with pytest.raises(ConnectionError):
        await executor.execute_with_retry(failing(9).coroutine(), CONTEXT)
    assert reporter.severities == ["low", "medium", "high"]
    assert all(context is CONTEXT for _, _, context in reporter.told)
    assert [str(error) for error, _, _ in reporter.told] == ["no 0", "no 1", "no 2"]


def test_an_error_that_is_not_retried_is_reported_once() -> None:
    reporter = Reporter()
    with pytest.raises(FileNotFoundError):
        retry(config=NO_WAIT, reporter=reporter)(Flaky(FileNotFoundError(2, "gone")).function())()
    assert reporter.severities == ["high"]


def test_without_a_failure_nothing_is_reported() -> None:
    reporter = Reporter()
    retry(reporter=reporter)(lambda: 1)()
    assert reporter.told == []


def test_a_decorated_function_reports_its_operation() -> None:
    reporter = Reporter()
    retry(config=NO_WAIT, reporter=reporter, name="fetch", service_name="svc")(failing(1).function())()
    assert reporter.told[0][2] == type(CONTEXT)("fetch", service_name="svc")


@pytest.mark.parametrize("error", [ValueError("mine"), SystemError("mine")])
async def test_a_reporter_that_raises_changes_nothing(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    executor = ErrorRecoveryManager(ExponentialBackoffStrategy(NO_WAIT), Reporter(error))
    assert await executor.execute_with_retry(failing(2).coroutine(), CONTEXT) == "ok"
    assert retry(config=NO_WAIT, reporter=Reporter(error))(failing(2).function())() == "ok"
    assert "the reporter of op raised" in caplog.text
    assert caplog.text.count(f"{type(error).__name__}: mine") == 4


async def test_a_reporter_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "REPORT_WAIT", 0.01)

    class Sleepy(Reporter):
        async def report_error(self, *told: Any) -> Any:
            await super().report_error(*told)
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await late.wait()  # it does not care to be cancelled

    late = asyncio.Event()
    executor = ErrorRecoveryManager(ExponentialBackoffStrategy(NO_WAIT), Sleepy())
    assert await executor.execute_with_retry(failing(1).coroutine(), CONTEXT) == "ok"
    late.set()
    await asyncio.gather(*asking._reports)


async def test_a_reporter_that_is_cancelled_by_itself_cancels_nobody_else() -> None:
    class Odd(Reporter):
        async def report_error(self, *told: Any) -> Any:
            raise asyncio.CancelledError

    executor = ErrorRecoveryManager(ExponentialBackoffStrategy(NO_WAIT), Odd())
    assert await executor.execute_with_retry(failing(1).coroutine(), CONTEXT) == "ok"


def test_a_reporter_that_blocks_is_left_behind_in_plain_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "REPORT_WAIT", 0.01)
    release = threading.Event()

    class Blocking(Reporter):
        async def report_error(self, *told: Any) -> Any:
            await super().report_error(*told)
            release.wait(10)

    reporter = Blocking()
    begun = time.monotonic()
    with pytest.raises(ConnectionError):
        retry(max_attempts=12, base_delay=0, reporter=reporter)(failing(99).function())()
    assert time.monotonic() - begun < 5
    assert len(reporter.told) == drive._MOST_HANGING  # then no further thread is started
    release.set()


async def test_being_cancelled_while_a_report_hangs_cancels_the_call() -> None:
    reporting = asyncio.Event()

    class Sleepy(Reporter):
        async def report_error(self, *told: Any) -> Any:
            reporting.set()
            await asyncio.Event().wait()

    executor = ErrorRecoveryManager(ExponentialBackoffStrategy(NO_WAIT), Sleepy())
    task = asyncio.ensure_future(executor.execute_with_retry(failing(2).coroutine(), CONTEXT))
    await reporting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("reporter", [None, Reporter()])
def test_sinks_hear_of_every_failed_attempt_once(reporter: Reporter | None) -> None:
    got: list[Any] = []
    sinks.add_sink(got.append)
    try:
        with pytest.raises(ConnectionError):
            retry(config=NO_WAIT, reporter=reporter, name="sunk")(failing(9).function())()
        drain()
    finally:
        sinks.remove_sink(got.append)
    assert [(report.will_retry, report.severity.value) for report in got] == [
        (True, "low"),
        (True, "medium"),
        (False, "high"),
    ]
    assert {report.context.operation_name for report in got} == {"sunk"}


async def test_report_error_hands_on_to_the_reporter() -> None:
    from recovery.engine.types import ErrorSeverity

    reporter, error = Reporter(), ValueError("x")
    executor = ErrorRecoveryManager(ExponentialBackoffStrategy(), reporter)
    assert await executor.report_error(error, ErrorSeverity.LOW, CONTEXT) == "the report"
    assert reporter.told == [(error, ErrorSeverity.LOW, CONTEXT)]
