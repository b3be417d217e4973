"""The audit's list: what it tells, what it folds, how it is narrowed, what it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recovery import moment
from recovery.actions import bulk, holds
from recovery.actions.actor import Actor
from recovery.actions.audit import record
from recovery.models import AuditEntry, Confirmation
from recovery.queries.audit.filter import AuditFilter
from recovery.queries.audit.listed import audit
from recovery.queries.audit.words import words_of
from tests import factories as make

ANA = Actor("ana", address="10.0.0.1", request_id="req-abcdef12")
BEN = Actor("ben", origin="command")


def text(client: Client, query: str = "") -> str:
    return client.get(f"/audit/{query}").content.decode().split("<main", 1)[1]


def shown(**narrowed: Any) -> list[str]:
    return [f"{row.actor} {row.act} {row.target}" for row in audit(AuditFilter(**narrowed)).rows]


def test_an_entry_tells_who_what_why_where_and_from_where(viewer: Client) -> None:
    service = make.service("payments", "staging")
    scope = {"kind": "host", "values": ["web-1", "web-2"]}
    record(
        ANA, "trip", target="charge", service=service, scope=scope, reason="bank is down",
        before={"kind": None}, after={"kind": "trip"}, revision=3,
    )  # fmt: skip
    page = text(viewer)
    for words in ("ana", "trip", "charge", "payments · staging", "bank is down", "host web-1, web-2", "10.0.0.1"):
        assert words in page


def test_a_refusal_is_marked_in_words(viewer: Client) -> None:
    record(ANA, "trip", target="charge", refused=True)
    assert ">refused<" in text(viewer)


def test_what_processes_said_stands_beside_the_act(viewer: Client) -> None:
    service = make.service("payments")
    its = [make.process(service, f"web-{number}") for number in range(3)]
    make.breaker(service, "charge", on=its)
    made = holds.trip(service, "charge", actor=ANA, reason="bank is down")
    for process, applied in zip(its, (True, True, False), strict=True):
        Confirmation.objects.create(process=process, service=service, revision=made.revision, applied=applied)
    page = text(viewer)
    assert "applied 2 of 3" in page
    assert "refused by 1" in page


def test_the_revision_of_a_check_is_never_taken_for_a_hold_s() -> None:
    service = make.service("payments")
    process = make.process(service)
    Confirmation.objects.create(process=process, service=service, revision=1, applied=True)
    record(ANA, "edit check", target="upstream", service=service, revision=1)
    assert audit(AuditFilter()).rows[0].result is None


def test_parts_are_folded_under_their_act(viewer: Client) -> None:
    service = make.service("payments")
    keys = [make.breaker(service, f"call-{number:02}").pk for number in range(12)]
    done = bulk.act_on(keys, "trip", actor=ANA, reason="maintenance")
    rows = audit(AuditFilter()).rows
    assert [row.act for row in rows] == ["trip several"]
    assert (rows[0].parts, len(rows[0].children)) == (12, 10)
    page = text(viewer)
    assert "12 parts" in page
    assert f'href="/audit/{done.entry.pk}/">all 12' in page


def test_a_part_that_fits_a_filter_is_found_where_its_act_does_not() -> None:
    service = make.service("payments")
    keys = [make.breaker(service, f"call-{number}").pk for number in range(3)]
    bulk.act_on(keys, "trip", actor=ANA, reason="maintenance")
    assert shown(target="call-1") == ["ana trip call-1"]
    assert shown(who="ana") == ["ana trip several 3 breakers"]


@pytest.fixture
def some() -> None:
    """Four entries."""
    shop, bank = make.service("shop"), make.service("bank", "staging")
    record(ANA, "trip", target="charge", service=shop, reason="the bank is down")
    record(BEN, "release", target="charge", service=shop)
    record(ANA, "trip", target="pay", service=bank, refused=True)
    record(BEN, "create token", target="shop rcv_x", service=shop)
    old = moment.now() - timedelta(days=3)
    AuditEntry.objects.filter(act="release").update(at=old)


@pytest.mark.usefixtures("some")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?who=ben", ["create token", "release"]),
        ("?act=trip", ["trip", "trip"]),
        ("?service=bank", ["trip"]),
        ("?service=shop&environment=staging", []),
        ("?environment=staging", ["trip"]),
        ("?target=charge", ["trip", "release"]),
        ("?refused=yes", ["trip"]),
        ("?q=BANK+IS", ["trip"]),
        ("?q=req-abcdef12", ["trip", "trip"]),
        ("?q=%25", []),
        ("?until=2001-01-01T00:00", []),
        ("?since=2001-01-01T00:00", ["create token", "trip", "trip", "release"]),
        ("?since=nonsense&until=99999-1-1&refused=perhaps", ["create token", "trip", "trip", "release"]),
        ("?who=nobody", []),
        ("?q=%00", ["create token", "trip", "trip", "release"]),
    ],
)
def test_the_url_is_the_filter(viewer: Client, query: str, expected: list[str]) -> None:
    AuditEntry.objects.filter(act__startswith="sign").delete()
    answer = viewer.get(f"/audit/{query}")
    assert answer.status_code == 200
    assert [row.act for row in answer.context["found"].rows] == expected


@pytest.mark.usefixtures("some")
def test_a_range_takes_both_its_ends() -> None:
    entry = AuditEntry.objects.get(act="release")
    assert shown(since=entry.at, until=entry.at) == ["ben release charge"]
    assert shown(since=entry.at + timedelta(seconds=1), until=moment.now()) != []
    assert shown(until=entry.at - timedelta(seconds=1)) == []


@pytest.mark.usefixtures("some")
def test_an_empty_answer_says_how_to_see_more(viewer: Client) -> None:
    assert "Show all entries" in text(viewer, "?who=nobody")


def test_pages_follow_each_other_without_gap_or_double(viewer: Client) -> None:
    for number in range(120):
        record(ANA, "trip", target=f"call-{number}")
    same = moment.now()
    AuditEntry.objects.update(at=same)
    seen, query = [], ""
    for _ in range(3):
        found = viewer.get(f"/audit/{query}").context["found"]
        seen += [row.target for row in found.rows]
        query = f"?before={found.older}"
    assert seen == [f"call-{number}" for number in reversed(range(120))]
    assert found.older == ""
    back = viewer.get(f"/audit/?after={found.newer}").context["found"]
    assert [row.target for row in back.rows] == seen[50:100]
    assert viewer.get("/audit/?before=nonsense").status_code == 200


def test_the_words_of_the_filters_are_found_by_their_index() -> None:
    for actor in (ANA, BEN, Actor("zoë")):
        for act in ("trip", "release"):
            record(actor, act)
    assert words_of("actor") == ("ana", "ben", "zoë")
    assert words_of("act") == ("release", "trip")
    with pytest.raises(ValueError, match="must be one of"):
        words_of("reason; DROP TABLE")
    AuditEntry.objects.all().delete()
    assert words_of("actor") == ()


def test_words_are_looked_for_in_the_newest_alone(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from recovery.queries.audit import filter as narrowing

    monkeypatch.setattr(narrowing, "SEARCHED", 5)
    for number in range(10):
        record(ANA, "trip", target=f"call-{number}")
    assert shown(q="call") == [f"ana trip call-{number}" for number in (9, 8, 7, 6, 5)]
    assert len(shown(who="ana")) == 10
    assert "Words are looked for in the newest" in text(viewer, "?q=call")


def test_the_number_of_queries_is_fixed(viewer: Client) -> None:
    def queries(query: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            viewer.get(f"/audit/{query}")
        return len(caught)

    service = make.service()

    def some_more(count: int) -> None:
        for number in range(count):
            parent = record(ANA, "trip several", service=service, revision=number)
            for _ in range(12):
                record(ANA, "trip", target="x", service=service, revision=number, parent=parent)

    some_more(1)
    few = [queries(query) for query in ("", "?who=ana&q=trip")]
    some_more(20)
    assert [queries(query) for query in ("", "?who=ana&q=trip")] == few
    assert max(few) <= 3 + 7


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 200), ("operator", 200), ("admin", 200), (None, 403), ("anonymous", 302)]
)
def test_who_may_see_it(client: Client, role: str | None, status: int) -> None:
    entry = record(ANA, "trip")
    if role != "anonymous":
        client.force_login(make.person(role))
    addresses = ("/audit/", f"/audit/{entry.pk}/", "/audit/export.csv", "/audit/export.jsonl")
    assert {client.get(address).status_code for address in addresses} == {status}


def test_nothing_is_changed_there(viewer: Client) -> None:
    entry = record(ANA, "trip")
    for address in ("/audit/", f"/audit/{entry.pk}/", "/audit/export.csv"):
        assert viewer.post(address).status_code == 403
    assert AuditEntry.objects.filter(act="trip").count() == 1


@pytest.mark.parametrize("moment", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "yesterday"])
def test_a_moment_that_is_none_counts_as_nothing(viewer: Client, moment: str) -> None:
    record(ANA, "trip", target="charge")
    for name in ("since", "until"):
        answer = viewer.get("/audit/", {name: moment})
        assert answer.status_code == 200
        assert len(answer.context["found"].rows) == 1
