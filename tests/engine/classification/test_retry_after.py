"""Retry-After, in all its forms and places."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from recovery.engine.errors import CircuitBreakerOpenError
from recovery.engine.retry_after import retry_after_of

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Refused(Exception):
    def __init__(self, **attributes: Any) -> None:
        super().__init__("refused")
        self.__dict__.update(attributes)


def wait(**attributes: Any) -> float | None:
    return retry_after_of(Refused(**attributes), lambda: NOW)


def header(value: object, name: str = "Retry-After") -> float | None:
    return wait(response=SimpleNamespace(headers={name: value}))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (3, 3.0), (0, 0.0), (2.5, 2.5), ("120", 120.0), (" 7 ", 7.0), ("1.5", 1.5), ("0", 0.0), (b"9", 9.0),
        (timedelta(seconds=4), 4.0), (NOW + timedelta(minutes=1), 60.0), (NOW - timedelta(1), 0.0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("Fri, 01 May 2026 12:00:30 -0000", 30.0),
    ],
)  # fmt: skip
def test_readable_values(value: object, seconds: float) -> None:
    assert seconds == wait(retry_after=value) == header(value)


@pytest.mark.parametrize(
    "value",
    [
        -1, -0.5, float("nan"), "-3", "nan", "inf", "soon", "", "1_000", "1e3", "\uff13", True, None,
        [], {}, object(), timedelta(seconds=-1), "9" * 400, 10**400, "Fri, 99 Foo 2026", "1.2.3", lambda: 3,
    ],
)  # fmt: skip
def test_unreadable_values_are_ignored(value: object) -> None:
    assert None is wait(retry_after=value)
    assert None is header(value)


def test_an_unreadable_attribute_gives_way_to_the_header() -> None:
    assert wait(retry_after="soon", response=SimpleNamespace(headers={"Retry-After": "5"})) == 5.0


def test_the_attribute_beats_the_header() -> None:
    assert wait(retry_after=1, response=SimpleNamespace(headers={"Retry-After": "5"})) == 1.0


@pytest.mark.parametrize("name", ["Retry-After", "retry-after", "RETRY-AFTER", "Retry-after"])
def test_the_headers_name_is_read_in_any_case(name: str) -> None:
    assert header("5", name) == 5.0


def test_headers_of_libraries_are_read() -> None:
    response = requests.Response()
    response.headers["retry-AFTER"] = "11"
    assert wait(response=response) == 11.0
    assert wait(response=httpx.Response(429, headers={"retry-after": "12"})) == 12.0
    assert wait(response={"ResponseMetadata": {"HTTPHeaders": {"retry-after": "13"}}}) == 13.0
    assert wait(headers={"Retry-After": "14"}) == 14.0


def test_an_open_breaker_says_when_to_come_back() -> None:
    assert retry_after_of(CircuitBreakerOpenError("b", 2.0, None), lambda: NOW) == 2.0
    assert None is retry_after_of(CircuitBreakerOpenError("b", None, None), lambda: NOW)


@pytest.mark.parametrize("headers", [None, 3, "x", [], object(), {3: "5"}, {}])
def test_odd_headers_are_ignored(headers: object) -> None:
    assert None is wait(response=SimpleNamespace(headers=headers))


@given(st.one_of(st.floats(), st.integers(), st.text(), st.binary(), st.datetimes(), st.timedeltas(), st.none()))
def test_whatever_it_is_the_wait_is_finite_and_never_negative(value: object) -> None:
    seconds = wait(retry_after=value)
    assert seconds == header(value)
    assert seconds is None or seconds >= 0


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - made aware below
def test_a_date_is_the_time_until_then(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert max(0.0, (moment - NOW).total_seconds()) == header(format_datetime(moment, usegmt=True))
