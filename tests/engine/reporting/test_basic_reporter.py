"""BasicErrorReporter: memory, daily file, and no harm to anybody."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest

from recovery.engine.context import ErrorContext
from recovery.engine.contracts import ErrorReporter, checked_reporter
from recovery.engine.enums import ErrorSeverity
from recovery.engine.reporting import BasicErrorReporter

from .conftest import Standing

CONTEXT = ErrorContext("fetch", {"page": 3}, api_key="hunter2")


@pytest.fixture
def reporter(tmp_path: Path, clock: Standing) -> BasicErrorReporter:
    return BasicErrorReporter(tmp_path / "reports", clock)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def run_plainly(coroutine: Any) -> Any:
    """Drive a coroutine that must not wait for anything."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited")


async def test_it_is_a_reporter(reporter: BasicErrorReporter) -> None:
    assert isinstance(checked_reporter(reporter), ErrorReporter)


async def test_one_json_line_per_report_is_there_when_the_call_returns(
    reporter: BasicErrorReporter, tmp_path: Path
) -> None:
    first = await reporter.report_error(TimeoutError("slow"), ErrorSeverity.HIGH, CONTEXT)
    second = await reporter.report_error(ValueError("x\ny"), ErrorSeverity.LOW, CONTEXT)
    (path,) = (tmp_path / "reports").iterdir()
    assert path.name == "errors-2026-05-01.jsonl"
    assert lines(path) == [first.as_dict(), second.as_dict()]
    assert "hunter2" not in path.read_text()


async def test_each_day_has_its_file(reporter: BasicErrorReporter, tmp_path: Path, clock: Standing) -> None:
    await reporter.report_error(ValueError("x"), ErrorSeverity.LOW, CONTEXT)
    clock.advance(days=1)
    await reporter.report_error(ValueError("x"), ErrorSeverity.LOW, CONTEXT)
    names = sorted(path.name for path in (tmp_path / "reports").iterdir())
    assert names == ["errors-2026-05-01.jsonl", "errors-2026-05-02.jsonl"]


async def test_the_event_loops_thread_does_not_write(
    reporter: BasicErrorReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    write = reporter._write
    monkeypatch.setattr(reporter, "_write", lambda report: (threads.append(threading.get_ident()), write(report)))
    await reporter.report_error(ValueError("x"), ErrorSeverity.LOW, CONTEXT)
    assert threads
    assert threading.get_ident() not in threads


def test_without_an_event_loop_it_never_waits(reporter: BasicErrorReporter, tmp_path: Path) -> None:
    report = run_plainly(reporter.report_error(ValueError("x"), ErrorSeverity.LOW, CONTEXT))
    (path,) = (tmp_path / "reports").iterdir()
    assert lines(path) == [report.as_dict()]


async def test_the_last_hundred_are_kept(reporter: BasicErrorReporter) -> None:
    for number in range(130):
        await reporter.report_error(ValueError(number), ErrorSeverity.LOW, CONTEXT)
    assert [report.message for report in reporter.recent] == [str(number) for number in range(30, 130)]


async def test_many_at_once_never_mix_their_lines(reporter: BasicErrorReporter, tmp_path: Path) -> None:
    errors = [ValueError("x" * 1_500) for _ in range(200)]
    await asyncio.gather(*(reporter.report_error(error, ErrorSeverity.LOW, CONTEXT) for error in errors))
    (path,) = (tmp_path / "reports").iterdir()
    assert len(lines(path)) == 200


async def test_a_directory_that_cannot_be_written_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    reporter = BasicErrorReporter(tmp_path / "file")
    with caplog.at_level(logging.WARNING, "recovery.reporting"):
        for _ in range(3):
            await reporter.report_error(ValueError("x"), ErrorSeverity.LOW, CONTEXT)
    assert len(caplog.records) == 1
    assert len(reporter.recent) == 3


def test_nothing_is_written_before_there_is_something_to_write(tmp_path: Path) -> None:
    BasicErrorReporter(tmp_path / "reports")
    assert not (tmp_path / "reports").exists()


async def test_the_summary_counts_what_the_hours_brought(reporter: BasicErrorReporter, clock: Standing) -> None:
    await reporter.report_error(ValueError("old"), ErrorSeverity.CRITICAL, CONTEXT)
    clock.advance(hours=25)
    await reporter.report_error(TimeoutError("slow"), ErrorSeverity.LOW, CONTEXT)
    await reporter.report_error(TimeoutError("slow"), ErrorSeverity.HIGH, CONTEXT)
    await reporter.report_error(FileNotFoundError("gone"), ErrorSeverity.HIGH, CONTEXT)
    summary = await reporter.get_error_summary()
    recent = summary.pop("recent_errors")
    assert summary == {
        "time_range_hours": 24,
        "total_errors": 3,
        "severity_breakdown": {"low": 1, "high": 2},
        "reason_breakdown": {"timeout": 2, "not_found": 1},
    }
    assert [report["message"] for report in recent] == ["gone", "slow", "slow"]
    assert (await reporter.get_error_summary(hours=26))["total_errors"] == 4
    assert (await reporter.get_error_summary(0))["total_errors"] == 3
    assert json.dumps(await reporter.get_error_summary(48))


async def test_the_summary_shows_the_last_ten(reporter: BasicErrorReporter) -> None:
    for number in range(15):
        await reporter.report_error(ValueError(number), ErrorSeverity.LOW, CONTEXT)
    summary = await reporter.get_error_summary()
    assert summary["total_errors"] == 15
    assert [report["message"] for report in summary["recent_errors"]] == [str(n) for n in range(14, 4, -1)]


async def test_a_summary_of_nothing(reporter: BasicErrorReporter) -> None:
    assert await reporter.get_error_summary() == {
        "time_range_hours": 24,
        "total_errors": 0,
        "severity_breakdown": {},
        "reason_breakdown": {},
        "recent_errors": [],
    }


@pytest.mark.parametrize("hours", [-1, float("nan"), "24", None])
async def test_hours_out_of_range_are_refused(reporter: BasicErrorReporter, hours: Any) -> None:
    with pytest.raises(ValueError, match="hours must be a finite number >= 0"):
        await reporter.get_error_summary(hours)
