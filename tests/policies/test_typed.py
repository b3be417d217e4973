"""What is typed becomes fields; what cannot be one is said by field, all at once, in the engine's words."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from recovery.forms.policy import as_typed, draft_of, typed
from recovery.models import Breaker, Operation

READ: list[tuple[str, str, Any]] = [
    ("failure_threshold", "3", 3),
    ("failure_threshold", " 3 ", 3),
    ("failure_threshold", "off", None),
    ("recovery_timeout", "30", 30.0),
    ("recovery_timeout", "0.5", 0.5),
    ("window", "time", "time"),
    ("open_on_retry_after", "yes", True),
    ("open_on_retry_after", "no", False),
]


@pytest.mark.parametrize(("name", "text", "value"), READ)
def test_a_value_is_read(bank: Breaker, name: str, text: str, value: Any) -> None:
    assert draft_of({name: text}, bank) == ({name: value}, {})


def test_nothing_typed_is_as_in_code(bank: Breaker) -> None:
    assert draft_of({"failure_threshold": "", "window": "", "colour": "red"}, bank) == (None, {})


def test_all_that_is_wrong_is_said_at_once(bank: Breaker) -> None:
    wrong = {
        "failure_threshold": "0",
        "failure_rate": "101",
        "recovery_timeout": "soon",
        "window": "sliding",
        "open_on_retry_after": "perhaps",
        "window_size": "off",
        "half_open_permits": "2.5",
        "recovery_growth": "nan",
        "recovery_timeout_max": "inf",
        "minimum_calls": "9" * 90,
    }
    _, problems = draft_of(wrong, bank)
    assert problems.keys() == wrong.keys()
    assert problems["failure_threshold"] == "failure_threshold must be a whole number >= 1, or None, got 0"
    assert "got 'soon'" in problems["recovery_timeout"]


def test_a_value_and_off_is_one_problem_among_others(bank: Breaker) -> None:
    _, problems = draft_of(QueryDict("failure_threshold=3&failure_threshold=off&window_size=0"), bank)
    assert problems["failure_threshold"] == "failure_threshold: give a value or choose off, not both"
    assert "window_size" in problems


def test_what_contradicts_the_code_is_said_of_the_whole(fetch: Operation) -> None:
    _, problems = draft_of({"max_delay": "0.1"}, fetch)
    assert "max_delay must be >= base_delay (0.5)" in problems[""]


def test_what_is_locked_takes_none(bank: Breaker) -> None:
    bank.locked = True
    assert "locked in code" in draft_of({"failure_threshold": "3"}, bank)[1][""]


def test_locked_cannot_be_typed(bank: Breaker) -> None:
    assert draft_of({"locked": "no"}, bank) == (None, {})


def test_maps_are_typed_entry_by_entry(fetch: Operation) -> None:
    typed_in = {"reason_factors.timeout": "2", "reason_limits.rate_limited": "1", "jitter": "full"}
    fields, problems = draft_of(typed_in, fetch)
    assert problems == {}
    assert fields == {"jitter": "full", "reason_factors": {"timeout": 2}, "reason_limits": {"rate_limited": 1}}
    assert draft_of({"reason_limits": "none"}, fetch) == ({"reason_limits": {}}, {})
    assert "reason_limits" in draft_of({"reason_limits.timeout": "-1"}, fetch)[1]
    assert "reason_limits" in draft_of({"reason_limits": "none", "reason_limits.timeout": "1"}, fetch)[1]


FIELDS: list[tuple[str, dict[str, Any]]] = [
    ("breaker", {"failure_threshold": None, "recovery_timeout": 0.25, "window": "time", "open_on_retry_after": True}),
    ("breaker", {"recovery_timeout": 1e300, "failure_rate": 12.5, "open_on_retry_after": False}),
    ("operation", {"jitter": True, "max_attempts": 7, "max_elapsed": None, "reason_factors": {"timeout": 1.5}}),
    ("operation", {"jitter": False, "reason_factors": {}, "nested": "stop"}),
    ("operation", {"jitter": "decorrelated"}),
]


@pytest.mark.parametrize(("kind", "fields"), FIELDS)
def test_what_is_typed_for_fields_reads_back(kind: str, fields: dict[str, Any]) -> None:
    assert typed(as_typed(fields), kind) == (fields, {})
