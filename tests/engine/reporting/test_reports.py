"""What a report says, and what it must not keep."""

from __future__ import annotations

import gc
import json
import weakref
from datetime import UTC, datetime
from unittest.mock import MagicMock

import pytest

from recovery.engine.context import ErrorContext
from recovery.engine.enums import ErrorCategory, ErrorSeverity, RetryReason
from recovery.engine.reports import make_report

from .conftest import Standing

CONTEXT = ErrorContext("fetch", {"page": 3}, "shop", job_id=7)


class Refused(Exception):
    pass


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_every_field(clock: Standing) -> None:
    report = make_report(
        raised(TimeoutError("too slow")), ErrorSeverity.LOW, CONTEXT, attempt=2, will_retry=True, clock=clock
    )
    assert len(report.id) == 32
    assert report.timestamp == datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
    assert report.severity is ErrorSeverity.LOW
    assert report.title == "TimeoutError in fetch"
    assert report.message == "too slow"
    assert report.exception_type == "TimeoutError"
    assert report.context == CONTEXT
    assert report.context is not CONTEXT
    assert (report.category, report.reason) == (ErrorCategory.TRANSIENT, RetryReason.TIMEOUT)
    assert report.suggested_actions[0] == "Check network connectivity"
    assert (report.recovery_possible, report.retry_recommended) == (True, True)
    assert (report.attempt, report.will_retry) == (2, True)
    assert report.traceback is not None
    assert "TimeoutError: too slow" in report.traceback
    assert json.dumps(report.as_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("error", "possible", "recommended"),
    [
        (TimeoutError(), True, True),
        (PermissionError(), True, True),
        (FileNotFoundError(), False, False),
        (Refused(), True, False),
    ],
)
def test_what_it_advises(error: Exception, possible: bool, recommended: bool) -> None:
    report = make_report(error, ErrorSeverity.HIGH, CONTEXT)
    assert (report.recovery_possible, report.retry_recommended) == (possible, recommended)
    assert report.suggested_actions


def test_ids_are_unique() -> None:
    assert len({make_report(Refused(), ErrorSeverity.LOW, CONTEXT).id for _ in range(1_000)}) == 1_000


def test_secrets_are_nowhere_in_it() -> None:
    secret = "hunter2secret"
    context = ErrorContext(
        f"fetch token={secret}",
        {"password": secret, "deep": [{"cookie": secret}]},
        f"shop?token={secret}",
        url=f"https://bob:{secret}@x/?sig={secret}",
        api_key=secret,
    )
    error = Refused(f"Authorization: Bearer {secret}")
    error.add_note(f"tried password={secret}")
    error.__cause__ = ValueError(f"secret={secret}")
    report = make_report(raised(error), ErrorSeverity.HIGH, context)
    assert secret not in json.dumps(report.as_dict())


def test_the_exception_and_its_frames_are_let_go() -> None:
    class Held:
        pass

    def fails() -> None:
        held = Held()
        seen.append(weakref.ref(held))
        raise Refused("x", held)

    seen: list[weakref.ref[Held]] = []
    try:
        fails()
    except Refused as error:
        context = ErrorContext("x", {"object": error})
        report = make_report(error, ErrorSeverity.LOW, context)
        del context
    gc.collect()
    assert report
    assert seen[0]() is None


def test_long_texts_are_cut_in_the_middle() -> None:
    report = make_report(raised(Refused("start " + "x" * 1_000_000 + " end")), ErrorSeverity.LOW, CONTEXT)
    assert len(report.message) <= 2_000
    assert report.message.startswith("start")
    assert report.traceback is not None
    assert len(report.traceback) <= 16_000


def test_a_deep_recursion_gives_a_short_traceback() -> None:
    def deeper(left: int) -> None:
        if not left:
            raise Refused("bottom")
        deeper(left - 1)

    try:
        deeper(500)
    except Refused as error:
        report = make_report(error, ErrorSeverity.LOW, CONTEXT)
    assert report.traceback is not None
    assert len(report.traceback) <= 16_000
    assert "bottom" in report.traceback


def test_a_hostile_exception_is_reported_all_the_same() -> None:
    class Hostile(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert make_report(raised(Hostile()), ErrorSeverity.LOW, CONTEXT).message == type(Hostile()).__qualname__


@pytest.mark.parametrize("context", [None, {"page": 3}, MagicMock(), object()])
def test_any_context_will_do(context: object) -> None:
    report = make_report(Refused(), ErrorSeverity.LOW, context)  # type: ignore[arg-type]
    assert report.context.operation_name == "unknown"


def test_a_severity_may_be_its_word_but_must_be_one() -> None:
    assert make_report(Refused(), "high", CONTEXT).severity is ErrorSeverity.HIGH  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="loud"):
        make_report(Refused(), "loud", CONTEXT)  # type: ignore[arg-type]
