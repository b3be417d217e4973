"""Words of the text: asked last, whole words only."""

from __future__ import annotations

import pytest

from recovery.engine.classification import classify
from recovery.engine.enums import ErrorCategory, RetryReason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("API quota exceeded for project", RetryReason.API_QUOTA_EXCEEDED),
        ("Disk quota exceeded", RetryReason.RESOURCE_EXHAUSTED),
        ("No space left on device", RetryReason.RESOURCE_EXHAUSTED),
        ("Out of memory", RetryReason.RESOURCE_EXHAUSTED),
        ("Rate limit exceeded", RetryReason.RATE_LIMITED),
        ("RATE-LIMIT reached", RetryReason.RATE_LIMITED),
        ("429: Too Many Requests", RetryReason.RATE_LIMITED),
        ("HTTP Error 403: Forbidden", RetryReason.AUTHENTICATION_FAILED),
        ("authentication failed for bob", RetryReason.AUTHENTICATION_FAILED),
        ("Requested format is not available", RetryReason.QUALITY_NOT_AVAILABLE),
        ("503 Service Unavailable", RetryReason.SERVICE_UNAVAILABLE),
        ("the read operation timed out", RetryReason.TIMEOUT),
        ("Connection timeout", RetryReason.TIMEOUT),
        ("Temporary failure in name resolution", RetryReason.TEMPORARY_UNAVAILABLE),
        ("Resource temporarily unavailable", RetryReason.TEMPORARY_UNAVAILABLE),
        ("Connection refused", RetryReason.NETWORK_ERROR),
        ("Network is unreachable", RetryReason.NETWORK_ERROR),
        ("Internal Server Error", RetryReason.SERVER_ERROR),
        ("502 Bad Gateway", RetryReason.SERVER_ERROR),
        ("Permission denied: '/srv'", RetryReason.FILESYSTEM_ERROR),
        ("Video not found", RetryReason.NOT_FOUND),
        ("Bad Request: field x", RetryReason.INVALID_REQUEST),
        ("Unable to download the page", RetryReason.DOWNLOAD_FAILED),
    ],
)
def test_words_tell_the_reason(text: str, reason: RetryReason) -> None:
    assert reason is classify(Exception(text)).reason


@pytest.mark.parametrize(
    "text", ["", "quotation marks", "a forbiddenness", "unquotable", "malformedness", "x" * 100_000]
)
def test_parts_of_words_tell_nothing(text: str) -> None:
    assert ErrorCategory.UNKNOWN is classify(Exception(text)).category


def test_words_far_into_a_text_are_not_looked_for() -> None:
    assert ErrorCategory.UNKNOWN is classify(Exception("x " * 2_000 + "rate limit")).category


def test_a_programming_error_is_unknown_unless_its_words_say_more() -> None:
    assert ErrorCategory.UNKNOWN is classify(ValueError("x must be positive")).category
    assert RetryReason.RATE_LIMITED is classify(ValueError("rate limit exceeded")).reason


def test_facts_beat_words() -> None:
    error = Exception("rate limit exceeded")
    error.status_code = 404  # type: ignore[attr-defined]
    assert RetryReason.NOT_FOUND is classify(error).reason


def test_the_same_type_with_other_words_is_judged_anew() -> None:
    reasons = [classify(RuntimeError(text)).reason for text in ("connection refused", "odd", "connection refused")]
    assert reasons == [RetryReason.NETWORK_ERROR, RetryReason.UNKNOWN, RetryReason.NETWORK_ERROR]
