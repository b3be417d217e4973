"""Other people's exceptions may raise when they are looked at; that is never our caller's problem."""

from __future__ import annotations

import pytest

from recovery.engine.classification import classify
from recovery.engine.enums import RetryReason
from recovery.engine.retry_after import retry_after_of
from recovery.engine.rules import suggestions_for


class RaisingText(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text today")


class RaisingAttributes(Exception):
    def __getattr__(self, name: str) -> object:
        raise ValueError(name)


class RaisingProperties(Exception):
    @property
    def response(self) -> object:
        raise RuntimeError("not set")  # as httpx does

    status_code = errno = sqlstate = retry_after = response


class RaisingResponse(Exception):
    def __init__(self) -> None:
        self.response = RaisingAttributes()


class ResponseThatIsAnOddMapping(Exception):
    response = {"ResponseMetadata": None, "Error": 3}  # noqa: RUF012


HOSTILE = [RaisingText(), RaisingAttributes(), RaisingProperties("x"), RaisingResponse(), ResponseThatIsAnOddMapping()]


@pytest.mark.parametrize("exception", HOSTILE, ids=lambda exception: type(exception).__name__)
def test_it_is_unknown_and_nothing_is_raised(exception: Exception) -> None:
    for _ in range(2):
        assert RetryReason.UNKNOWN is classify(exception).reason
        assert suggestions_for(exception)
        assert None is retry_after_of(exception, _never)


def test_a_group_that_hides_a_hostile_member() -> None:
    assert RetryReason.UNKNOWN is classify(ExceptionGroup("g", [RaisingText()])).reason


@pytest.mark.parametrize("thing", ["timed out", None, TimeoutError, 503])
def test_what_is_no_exception_is_said_to_be_none(thing: object) -> None:
    with pytest.raises(TypeError, match=f"exceptions are classified, and {type(thing).__name__} is none"):
        classify(thing)  # type: ignore[arg-type]


def _never() -> object:
    raise AssertionError("the time was not needed")
