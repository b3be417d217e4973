"""Secrets in nested data; what comes back is plain data of a bounded size."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from recovery.engine.enums import RetryReason
from recovery.engine.retry_config import RetryConfig
from recovery.engine.scrub import scrub_value


@pytest.mark.parametrize(
    "name",
    [
        "password", "PASSWORD", "db_password", "dbPassword", "token", "access-token", "api_key", "apiKey", "X-API-Key",
        "secret", "client_secret", "Authorization", "cookie", "Set-Cookie", "session_id", "private.key", "credentials",
        "auth", "x-auth", "pwd",
    ],
)  # fmt: skip
def test_a_secret_name_hides_whatever_stands_there(name: str) -> None:
    assert {name: "***"} == scrub_value({name: "hunter2"})
    assert {"a": [{name: "***"}]} == scrub_value({"a": [{name: {"user": "bob", "nr": 3}}]})


@pytest.mark.parametrize("name", ["max_tokens", "author", "monkey", "key", "passage", "tokenizer", "compass"])
def test_other_names_hide_nothing(name: str) -> None:
    assert {name: "x"} == scrub_value({name: "x"})


def test_an_absent_secret_may_be_seen_to_be_absent() -> None:
    assert scrub_value({"password": None, "token": False}) == {"password": None, "token": False}


def test_texts_inside_are_scrubbed() -> None:
    assert scrub_value({"url": "https://bob:hunter2@x/"}) == {"url": "https://***@x/"}
    assert scrub_value((["token=hunter2"],)) == [["token=***"]]
    assert scrub_value({"token=hunter2": 1}) == {"token=***": 1}
    assert scrub_value(b"token=hunter2") == "token=***"


class Colour(Enum):
    RED = "red"


class Opaque:
    def __str__(self) -> str:
        return "opaque token=hunter2"


class Hostile:
    def __str__(self) -> str:
        raise RuntimeError


class HostileMapping(dict[str, Any]):
    def __iter__(self) -> Any:
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (None, None), (True, True), (3, 3), (2.5, 2.5), (float("nan"), "nan"), (float("inf"), "inf"),
        (Colour.RED, "red"), (RetryReason.TIMEOUT, "timeout"),
        (datetime(2026, 5, 1, tzinfo=UTC), "2026-05-01T00:00:00+00:00"),
        (Path("/srv"), "/srv"), (Opaque(), "opaque token=***"), (Hostile(), "<Hostile>"),
        (HostileMapping(a=1), "<HostileMapping>"), ({3: 4}, {"3": 4}), ({1}, [1]),
    ],
)  # fmt: skip
def test_everything_becomes_plain(value: object, plain: object) -> None:
    found = scrub_value(value)
    assert plain == found
    assert json.dumps(found, allow_nan=False)


def test_a_record_becomes_a_mapping() -> None:
    assert scrub_value(RetryConfig())["max_attempts"] == 3


def test_the_original_is_left_alone() -> None:
    value = {"password": "hunter2", "nested": ["token=x"]}
    scrub_value(value)
    assert value == {"password": "hunter2", "nested": ["token=x"]}


def test_a_ring_ends() -> None:
    ring: list[Any] = []
    ring.append(ring)
    assert "…" in json.dumps(scrub_value(ring), ensure_ascii=False)


def test_large_collections_are_cut() -> None:
    assert len(scrub_value(list(range(100_000)))) == 101
    assert len(scrub_value({n: n for n in range(100_000)})) == 101
    assert len(scrub_value("x" * 1_000_000)) < 70_000
