"""The audit taken away: all that a filter leaves, as text that a spreadsheet only reads."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from recovery.actions.actor import Actor
from recovery.actions.audit import record
from recovery.queries.audit import export
from recovery.views.csv_lines import cell
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
ANA = Actor("ana", address="10.0.0.1", request_id="req-abcdef12")


@pytest.fixture
def viewer(transactional_db: None) -> Client:
    """Signed in where other threads see it."""
    client = Client()
    client.force_login(make.person("viewer", "vera"))
    return client


def fetched(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.streaming

    async def whole() -> str:
        return "".join([part.decode() if isinstance(part, bytes) else part async for part in answer.streaming_content])

    return async_to_sync(whole)()


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(fetched(client, f"/audit/export.csv{query}"))))


def test_csv_has_every_field(viewer: Client) -> None:
    service = make.service("shop", "staging")
    record(ANA, "trip", target="charge", service=service, reason='down, "all"', after={"é": 1}, revision=7)
    (row,) = rows(viewer)
    assert row["who"] == "ana"
    assert row["reason"] == 'down, "all"'
    assert (row["service"], row["environment"], row["revision"]) == ("shop", "staging", "7")
    assert (row["after"], row["before"], row["scope"], row["refused"]) == ('{"é": 1}', "", "", "no")
    assert (row["way"], row["address"], row["request"]) == ("page", "10.0.0.1", "req-abcdef12")


def test_json_lines_keep_values_as_they_are(viewer: Client) -> None:
    record(ANA, "trip", target="=1+1", before=[{"kind": "trip"}], after={"n": 1})
    (line,) = fetched(viewer, "/audit/export.jsonl").splitlines()
    entry = json.loads(line)
    assert entry["target"] == "=1+1"
    assert (entry["before"], entry["after"], entry["refused"]) == ([{"kind": "trip"}], {"n": 1}, False)


@pytest.mark.parametrize("bad", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", '=HYPERLINK("http://x")'])
def test_nothing_is_a_formula(viewer: Client, bad: str) -> None:
    assert cell(bad) == f"'{bad}"
    record(Actor(bad), bad, target=bad, reason=bad)
    (row,) = rows(viewer)
    assert {row["who"], row["act"], row["target"], row["reason"]} == {f"'{bad}"}


@pytest.mark.parametrize(("value", "text"), [(None, ""), ({}, ""), (True, "yes"), (-3, "-3"), ([1], "[1]"), ("", "")])
def test_other_values_are_plain(value: Any, text: str) -> None:
    assert cell(value) == text


def test_the_filter_bounds_it_and_parts_are_among_it(viewer: Client) -> None:
    parent = record(ANA, "trip several")
    record(ANA, "trip", target="a", parent=parent)
    record(Actor("ben"), "trip", target="b")
    assert [row["target"] for row in rows(viewer, "?who=ana")] == ["a", ""]
    assert [row["part_of"] for row in rows(viewer, "?who=ana")] == [str(parent.pk), ""]
    assert rows(viewer, "?who=nobody") == []


def test_it_comes_in_chunks_without_gap_and_ends_at_its_limit(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(25):
        record(ANA, "trip", target=str(number))
    monkeypatch.setattr(export, "CHUNK", 10)
    assert [row["target"] for row in rows(viewer)] == [str(number) for number in reversed(range(25))]
    monkeypatch.setattr(export, "MOST", 12)
    assert len(rows(viewer)) == 12


def test_it_is_a_file_that_nobody_keeps(viewer: Client) -> None:
    answer = viewer.get("/audit/export.csv")
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-')
    assert answer["Cache-Control"] == "no-store"


def test_a_browser_that_takes_gzip_gets_all_of_it(viewer: Client) -> None:
    answer = viewer.get("/audit/export.csv", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "identity", "packed part by part, browsers would read the first alone"
