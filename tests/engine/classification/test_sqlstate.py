"""SQLSTATEs, as psycopg (``sqlstate``) and psycopg2 (``pgcode``) bring them."""

from __future__ import annotations

import pytest

from recovery.engine.classification import classify
from recovery.engine.enums import ErrorCategory, RetryReason


class DatabaseTrouble(Exception):
    pass


@pytest.mark.parametrize("attribute", ["sqlstate", "pgcode"])
@pytest.mark.parametrize(
    ("state", "category", "reason"),
    [
        ("40001", ErrorCategory.TRANSIENT, RetryReason.DATABASE_ERROR),
        ("40P01", ErrorCategory.TRANSIENT, RetryReason.DATABASE_ERROR),
        ("40p01", ErrorCategory.TRANSIENT, RetryReason.DATABASE_ERROR),
        ("55P03", ErrorCategory.TRANSIENT, RetryReason.DATABASE_ERROR),
        ("57014", ErrorCategory.TRANSIENT, RetryReason.TIMEOUT),
        ("57P03", ErrorCategory.TRANSIENT, RetryReason.TEMPORARY_UNAVAILABLE),
        ("08006", ErrorCategory.SYSTEM, RetryReason.DATABASE_ERROR),
        ("53300", ErrorCategory.SYSTEM, RetryReason.RESOURCE_EXHAUSTED),
        ("58030", ErrorCategory.SYSTEM, RetryReason.DATABASE_ERROR),
        ("28P01", ErrorCategory.PERSISTENT, RetryReason.AUTHENTICATION_FAILED),
        ("42501", ErrorCategory.PERSISTENT, RetryReason.AUTHENTICATION_FAILED),
        ("42P01", ErrorCategory.PERSISTENT, RetryReason.NOT_FOUND),
        ("42601", ErrorCategory.PERSISTENT, RetryReason.INVALID_REQUEST),
        ("23505", ErrorCategory.PERSISTENT, RetryReason.INVALID_REQUEST),
    ],
)
def test_each_state(attribute: str, state: str, category: ErrorCategory, reason: RetryReason) -> None:
    error = DatabaseTrouble("trouble")
    setattr(error, attribute, state)
    found = classify(error)
    assert (category, reason) == (found.category, found.reason)


@pytest.mark.parametrize("state", [None, 40001, "4000", "", "400011"])
def test_what_is_no_state_says_nothing(state: object) -> None:
    error = DatabaseTrouble("trouble")
    error.sqlstate = state  # type: ignore[attr-defined]
    assert ErrorCategory.UNKNOWN is classify(error).category
