"""HTTP statuses, wherever a library puts them."""

from __future__ import annotations

from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import pytest

from recovery.engine.classification import classify
from recovery.engine.enums import ErrorCategory, RetryReason

EXPECTED = {
    400: (ErrorCategory.PERSISTENT, RetryReason.INVALID_REQUEST),
    401: (ErrorCategory.PERSISTENT, RetryReason.AUTHENTICATION_FAILED),
    402: (ErrorCategory.PERSISTENT, RetryReason.INVALID_REQUEST),
    403: (ErrorCategory.PERSISTENT, RetryReason.AUTHENTICATION_FAILED),
    404: (ErrorCategory.PERSISTENT, RetryReason.NOT_FOUND),
    407: (ErrorCategory.PERSISTENT, RetryReason.AUTHENTICATION_FAILED),
    408: (ErrorCategory.TRANSIENT, RetryReason.TIMEOUT),
    409: (ErrorCategory.PERSISTENT, RetryReason.INVALID_REQUEST),
    410: (ErrorCategory.PERSISTENT, RetryReason.NOT_FOUND),
    422: (ErrorCategory.PERSISTENT, RetryReason.INVALID_REQUEST),
    423: (ErrorCategory.TRANSIENT, RetryReason.TEMPORARY_UNAVAILABLE),
    425: (ErrorCategory.TRANSIENT, RetryReason.TEMPORARY_UNAVAILABLE),
    429: (ErrorCategory.TRANSIENT, RetryReason.RATE_LIMITED),
    499: (ErrorCategory.PERSISTENT, RetryReason.INVALID_REQUEST),
    500: (ErrorCategory.TRANSIENT, RetryReason.SERVER_ERROR),
    502: (ErrorCategory.TRANSIENT, RetryReason.SERVER_ERROR),
    503: (ErrorCategory.TRANSIENT, RetryReason.SERVICE_UNAVAILABLE),
    504: (ErrorCategory.TRANSIENT, RetryReason.SERVER_ERROR),
    599: (ErrorCategory.TRANSIENT, RetryReason.SERVER_ERROR),
}


class ApiError(Exception):
    def __init__(self, **attributes: Any) -> None:
        super().__init__("the service said no")
        self.__dict__.update(attributes)


PLACES = {
    "status_code": lambda status: ApiError(status_code=status),
    "response.status_code": lambda status: ApiError(response=SimpleNamespace(status_code=status)),
    "status": lambda status: ApiError(status=status),
    "response.status": lambda status: ApiError(response=SimpleNamespace(status=status)),
    "code": lambda status: ApiError(code=status),
    "text": lambda status: ApiError(status_code=str(status)),
    "enum": lambda status: ApiError(status_code=HTTPStatus(status) if status not in (499, 599) else status),
    "metadata": lambda status: ApiError(response={"ResponseMetadata": {"HTTPStatusCode": status}}),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("status", EXPECTED)
def test_each_status_in_each_place(status: int, place: str) -> None:
    found = classify(PLACES[place](status))
    assert EXPECTED[status] == (found.category, found.reason)


def test_every_status_from_400_on_has_a_verdict() -> None:
    for status in range(400, 600):
        found = classify(ApiError(status_code=status))
        assert ErrorCategory.UNKNOWN is not found.category
        assert status < 500 or ErrorCategory.TRANSIENT is found.category


@pytest.mark.parametrize("status", [200, 302, 0, -1, 1000, True, None, 404.0, "4o4", "\uff14\uff10", object()])
def test_what_is_no_refusal_is_no_verdict(status: object) -> None:
    assert ErrorCategory.UNKNOWN is classify(ApiError(status_code=status)).category


def test_a_code_below_400_is_somebody_elses_number() -> None:
    assert ErrorCategory.UNKNOWN is classify(ApiError(code=111)).category


def test_the_exceptions_own_status_beats_that_of_its_response() -> None:
    error = ApiError(status_code=404, response=SimpleNamespace(status_code=503))
    assert RetryReason.NOT_FOUND is classify(error).reason


def test_the_type_beats_the_status() -> None:
    error = TimeoutError("slow")
    error.status_code = 404  # type: ignore[attr-defined]
    assert RetryReason.TIMEOUT is classify(error).reason


def test_a_status_that_is_a_class_attribute_counts() -> None:
    class Busy(Exception):
        status_code = 429

    assert RetryReason.RATE_LIMITED is classify(Busy()).reason


def test_the_status_is_read_anew_from_each_exception_of_a_type() -> None:
    reasons = [classify(ApiError(status_code=status)).reason for status in (429, 404, 429)]
    assert reasons == [RetryReason.RATE_LIMITED, RetryReason.NOT_FOUND, RetryReason.RATE_LIMITED]
