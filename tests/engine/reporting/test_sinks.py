"""Sinks get every failure once, scrubbed, and cost nothing while there are none."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from typing import Any

import pytest

from recovery.engine import sinks
from recovery.engine.context import ErrorContext
from recovery.engine.dispatch import drain
from recovery.engine.enums import ErrorSeverity
from recovery.engine.reporting import add_sink, remove_sink

from .conftest import Sink


def by_retry(error: BaseException, attempt: int = 0, **facts: Any) -> None:
    sinks.offer_failure(
        error, operation_name="fetch", service_name="shop", severity=ErrorSeverity.LOW, attempt=attempt,
        will_retry=True, **facts,
    )  # fmt: skip


def by_breaker(error: BaseException, name: str = "shop") -> None:
    sinks.offer_failure(
        error, operation_name=name, service_name=None, severity=ErrorSeverity.HIGH, attempt=None, will_retry=False
    )


def test_without_a_sink_nothing_is_done() -> None:
    assert sinks.active == ()
    error = ValueError("x")
    by_retry(error)
    assert error.__dict__ == {}


def test_a_sink_gets_a_report_with_a_traceback(sink: Sink) -> None:
    try:
        raise ConnectionError("password=hunter2")
    except ConnectionError as error:
        by_retry(error, 1)
    (report,) = sink.reports
    assert (report.message, report.attempt, report.will_retry) == ("password=***", 1, True)
    assert (report.context.operation_name, report.context.service_name) == ("fetch", "shop")
    assert report.traceback is not None
    assert "hunter2" not in report.traceback


@pytest.mark.parametrize("context", [ErrorContext("own", {"page": 3}, "mine"), {"page": 3}])
def test_a_context_goes_along(sink: Sink, context: object) -> None:
    by_retry(ValueError("x"), context=context)
    (report,) = sink.reports
    assert report.context.operation_context == {"page": 3}


def test_a_removed_sink_gets_nothing_more(sink: Sink) -> None:
    other = Sink()
    add_sink(other)
    remove_sink(other)
    remove_sink(other)
    by_retry(ValueError("x"))
    assert (len(sink.reports), len(other.reports)) == (1, 0)


def test_a_sink_is_added_once(sink: Sink) -> None:
    assert add_sink(sink) is add_sink(sink)
    by_retry(ValueError("x"))
    assert len(sink.reports) == 1


def test_a_bound_method_can_be_removed_again() -> None:
    sink = Sink()
    add_sink(sink.got.append)
    remove_sink(sink.got.append)
    assert sinks.active == ()


def test_what_cannot_be_called_is_refused() -> None:
    with pytest.raises(TypeError, match="int"):
        add_sink(3)  # type: ignore[arg-type]


def test_a_retry_in_a_breaker_is_reported_once_per_attempt(sink: Sink) -> None:
    for attempt in range(3):
        error = ValueError(attempt)
        by_retry(error, attempt)
    by_breaker(error)
    assert [report.attempt for report in sink.reports] == [0, 1, 2]


def test_a_breaker_in_a_retry_is_reported_once_per_attempt(sink: Sink) -> None:
    for attempt in range(3):
        error = ValueError(attempt)
        by_breaker(error)
        by_retry(error, attempt)
    assert len(sink.reports) == 3


def test_breakers_in_breakers_report_once(sink: Sink) -> None:
    error = ValueError("x")
    for name in ("inner", "middle", "outer"):
        by_breaker(error, name)
    assert [report.context.operation_name for report in sink.reports] == ["inner"]


def test_one_object_raised_again_and_again_is_a_failure_each_time(sink: Sink) -> None:
    error = ValueError("the same")
    for attempt in range(3):  # @circuit_breaker over @retry, twice
        by_retry(error, attempt)
    by_breaker(error)
    by_retry(error, 0)
    by_breaker(error)
    assert len(sink.reports) == 4


def test_one_object_raised_again_and_again_through_a_breaker(sink: Sink) -> None:
    error = ValueError("the same")
    for attempt in range(3):  # @retry over @circuit_breaker, in another breaker
        by_breaker(error, "inner")
        by_retry(error, attempt)
    by_breaker(error, "outer")
    assert len(sink.reports) == 3


def test_an_exception_that_takes_no_attributes_is_reported(sink: Sink) -> None:
    class Frozen(Exception):
        def __setattr__(self, name: str, value: object) -> None:
            raise AttributeError(name)

    error = Frozen("x")
    by_retry(error)
    by_breaker(error)
    assert len(sink.reports) == 1


def test_the_exception_is_let_go(sink: Sink) -> None:
    class Refused(Exception):
        pass

    error = Refused("x")
    gone = weakref.ref(error)
    by_retry(error)
    del error
    gc.collect()
    assert gone() is None
    assert sink.reports


def test_a_storm_is_bounded_counted_and_not_even_built(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, reached = threading.Event(), threading.Event()

    def slow(report: object) -> None:
        reached.set()
        assert gate.wait(10)

    outlet = add_sink(slow, capacity=5)
    try:
        by_retry(ValueError("first"))
        assert reached.wait(10)
        for n in range(4):
            by_retry(ValueError(n))
        monkeypatch.setattr("recovery.engine.reports.make_report", lambda *_, **__: pytest.fail("built in vain"))
        for n in range(100):
            by_retry(ValueError(n))
        assert outlet.dropped == 100
    finally:
        gate.set()
        remove_sink(slow)
        assert drain()


def test_a_raising_sink_harms_nobody(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    def bad(report: object) -> None:
        raise RuntimeError("no")

    add_sink(bad)
    try:
        for n in range(3):
            by_retry(ValueError(n))
        assert len(sink.reports) == 3
        assert len([record for record in caplog.records if record.name == "recovery.dispatch"]) == 1
    finally:
        remove_sink(bad)


def test_a_failure_that_cannot_be_reported_is_logged_not_raised(sink: Sink, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "recovery.reporting"):
        sinks.offer_failure(
            ValueError("x"), operation_name="o", service_name=None, severity="loud",  # type: ignore[arg-type]
            attempt=0, will_retry=False,
        )  # fmt: skip
    assert "could not be reported" in caplog.text
    assert sink.reports == []
