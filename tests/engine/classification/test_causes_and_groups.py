"""Wrappers are judged by their cause, groups by their worst member."""

from __future__ import annotations

import pytest

from recovery.engine.classification import classify
from recovery.engine.enums import ErrorCategory, RetryReason


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


def test_an_unknown_wrapper_is_judged_by_its_cause() -> None:
    assert RetryReason.TIMEOUT is classify(caused(RuntimeError("wrapped"), TimeoutError())).reason


def test_causes_are_followed_through_several_wrappers() -> None:
    inner = caused(RuntimeError("inner"), ConnectionError())
    assert RetryReason.NETWORK_ERROR is classify(caused(RuntimeError("outer"), inner)).reason


def test_a_wrapper_that_says_something_is_judged_by_itself() -> None:
    assert RetryReason.NOT_FOUND is classify(caused(RuntimeError("user not found"), TimeoutError())).reason


def test_an_unknown_cause_leaves_the_family_verdict() -> None:
    assert RetryReason.FILESYSTEM_ERROR is classify(caused(OSError("odd"), ValueError("x"))).reason


def test_the_context_of_an_exception_is_no_cause() -> None:
    error = RuntimeError("while handling")
    error.__context__ = TimeoutError()
    assert RetryReason.UNKNOWN is classify(error).reason


def test_a_ring_of_causes_ends() -> None:
    first, second = RuntimeError("a"), RuntimeError("b")
    first.__cause__, second.__cause__ = second, first
    assert RetryReason.UNKNOWN is classify(first).reason


def test_a_long_chain_ends() -> None:
    error: Exception = TimeoutError()
    for _ in range(10_000):
        error = caused(RuntimeError("w"), error)
    assert RetryReason.UNKNOWN is classify(error).reason
    while error.__cause__ is not None:  # let go step by step: CPython would recurse
        error, error.__cause__ = error.__cause__, None  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("members", "category"),
    [
        ([TimeoutError(), TimeoutError()], ErrorCategory.TRANSIENT),
        ([TimeoutError(), ValueError("x")], ErrorCategory.UNKNOWN),
        ([ValueError("x"), PermissionError()], ErrorCategory.SYSTEM),
        ([TimeoutError(), PermissionError(), FileNotFoundError()], ErrorCategory.PERSISTENT),
        ([TimeoutError(), ExceptionGroup("inner", [MemoryError()])], ErrorCategory.SYSTEM),
    ],
)
def test_the_worst_member_speaks_for_the_group(members: list[Exception], category: ErrorCategory) -> None:
    assert category is classify(ExceptionGroup("several", members)).category


def test_of_equally_bad_members_the_first_speaks() -> None:
    assert RetryReason.TIMEOUT is classify(ExceptionGroup("two", [TimeoutError(), ConnectionError()])).reason


def test_a_deep_nest_of_groups_ends() -> None:
    nest: Exception = TimeoutError()
    for _ in range(50):
        nest = ExceptionGroup("g", [nest])
    assert RetryReason.UNKNOWN is classify(nest).reason


def test_a_base_exception_group_too() -> None:
    assert RetryReason.TIMEOUT is classify(BaseExceptionGroup("g", [TimeoutError()])).reason
