"""A report of one failure."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime

import pytest

from recovery.engine.types import ErrorCategory, ErrorContext, ErrorReport, ErrorSeverity, RetryReason

VALUES = {
    "id": "1f", "timestamp": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "severity": ErrorSeverity.HIGH,
    "title": "TimeoutError in fetch", "message": "timed out", "exception_type": "TimeoutError",
    "context": ErrorContext("fetch", {"page": 3}), "category": ErrorCategory.TRANSIENT, "reason": RetryReason.TIMEOUT,
    "suggested_actions": ("Check network connectivity",), "recovery_possible": True, "retry_recommended": True,
    "attempt": 0, "will_retry": True, "traceback": "Traceback …",
}  # fmt: skip


def test_the_fields_are_those_of_the_contract():
    """By name, and in order."""
    assert list(VALUES) == list(ErrorReport._fields)
    assert ErrorReport(**VALUES) == ErrorReport(*VALUES.values())


def test_every_value_is_kept():
    """An attempt of 0 too."""
    report = ErrorReport(**VALUES)
    assert {name: getattr(report, name) for name in VALUES} == VALUES


def test_the_last_three_may_be_left_out():
    """A failure that no retry saw has no attempt number."""
    report = ErrorReport(**{name: VALUES[name] for name in list(VALUES)[:-3]})
    assert (report.attempt, report.will_retry, report.traceback) == (None, False, None)


@pytest.mark.parametrize("missing", list(VALUES)[:-3])
def test_the_others_are_needed(missing: str):
    """A missing one is a TypeError that names it."""
    with pytest.raises(TypeError, match=f"needs {missing}"):
        ErrorReport(**{name: value for name, value in VALUES.items() if name != missing})


def test_unknown_doubled_and_too_many_values_are_type_errors():
    """As with any function."""
    with pytest.raises(TypeError, match="no field colour"):
        ErrorReport(**VALUES, colour="red")
    with pytest.raises(TypeError, match="id twice"):
        ErrorReport("1f", **VALUES)
    with pytest.raises(TypeError, match="at most 15"):
        ErrorReport(*VALUES.values(), 1)


def test_it_is_frozen():
    """A report never changes; ``replace`` makes another."""
    report = ErrorReport(**VALUES)
    with pytest.raises(AttributeError, match="frozen"):
        report.title = "nothing"
    assert report.replace(title="nothing").title == "nothing"
    assert VALUES["title"] == report.title


def test_as_dict_is_plain_data():
    """Enums by value, the time in ISO 8601, the context as its own plain data."""
    told = json.loads(json.dumps(ErrorReport(**VALUES).as_dict()))
    assert list(VALUES) == list(told)
    assert (told["severity"], told["category"], told["reason"]) == ("high", "transient", "timeout")
    assert told["timestamp"] == "2026-01-02T03:04:05+00:00"
    assert told["context"]["operation_context"] == {"page": 3}
    assert told["suggested_actions"] == ["Check network connectivity"]


def test_it_survives_pickle_and_hashes():
    """Equal reports hash alike, though a context may change."""
    report = ErrorReport(**VALUES)
    again = pickle.loads(pickle.dumps(report))
    assert report == again
    assert hash(report) == hash(again)
