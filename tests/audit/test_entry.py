"""One entry, whole."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from recovery.actions import bulk, holds, policies
from recovery.actions.actor import Actor
from recovery.actions.audit import record
from recovery.models import Confirmation
from recovery.queries.audit.diff import changes
from recovery.queries.audit.one import one
from tests import factories as make

ANA = Actor("ana", address="10.0.0.1", request_id="req-abcdef12")


def text(client: Client, key: int) -> str:
    return client.get(f"/audit/{key}/").content.decode().split("<main", 1)[1]


def test_a_policy_shows_its_diff_field_by_field(viewer: Client) -> None:
    service = make.service("payments")
    make.breaker(service, "charge")
    first = policies.publish(service, "breaker", "charge", {"failure_threshold": 3}, actor=ANA, base=0, reason="one")
    fields = {"failure_threshold": 9, "recovery_timeout": 5}
    policies.publish(service, "breaker", "charge", fields, actor=ANA, base=first.revision, reason="two")
    from recovery.models import AuditEntry

    page = text(viewer, AuditEntry.objects.order_by("-pk")[0].pk)
    for words in ("<del>3</del>", "<ins>9</ins>", "recovery_timeout", "req-abcdef12", "r2", "10.0.0.1"):
        assert words in page
    assert 'href="/breakers/payments/production/charge"' in page


def test_each_process_says_what_it_did(viewer: Client) -> None:
    service = make.service("payments")
    process = make.process(service, "web-1")
    make.breaker(service, "charge", on=[process])
    made = holds.trip(service, "charge", actor=ANA, reason="down")
    Confirmation.objects.create(
        process=process, service=service, revision=made.revision, applied=False, why="too old", at=make.ago()
    )
    from recovery.models import AuditEntry

    page = text(viewer, AuditEntry.objects.get().pk)
    assert "Result per process" in page
    assert "too old" in page


def test_a_part_leads_to_its_act_and_the_act_to_its_parts(viewer: Client) -> None:
    service = make.service("payments")
    keys = [make.breaker(service, f"call-{number}").pk for number in range(3)]
    done = bulk.act_on(keys, "trip", actor=ANA, reason="maintenance")
    part = done.entry.children.first()
    assert f'href="/audit/{done.entry.pk}/"' in text(viewer, part.pk)
    page = text(viewer, done.entry.pk)
    assert all(f"call-{number}" in page for number in range(3))


@pytest.mark.parametrize("key", [99, 10**19])
def test_an_unknown_one_is_not_found(viewer: Client, key: int) -> None:
    assert viewer.get(f"/audit/{key}/").status_code == 404


def test_what_people_wrote_is_escaped(viewer: Client) -> None:
    bad = "<script>alert(1)</script>"
    entry = record(ANA, "trip", target=bad, reason=bad, before={bad: bad}, after={bad: [bad]}, scope={bad: bad})
    assert "<script>alert" not in text(viewer, entry.pk)
    assert "<script>alert" not in viewer.get("/audit/").content.decode()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, {"a": 1}, [("a", "", "1")]),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("a", "1", "1"), ("b", "2", "3")]),
        ({"a": 1}, None, [("a", "1", "")]),
        ([], {"kind": "trip"}, [("kind", "", "trip")]),
        ([{"kind": "trip"}], {"kind": "release"}, [("kind", "trip", "release")]),
        ([{"n": 1}, {"n": 2}], {"n": 3}, [("", '[{"n": 1}, {"n": 2}]', '{"n": 3}')]),
        (None, {"scope": {}}, [("scope", "", "all processes")]),
        (None, {"scope": {"kind": "host", "values": ["a"]}}, [("scope", "", "host a")]),
        (None, {"until": "2026-11-23T00:56:52.208321+00:00"}, [("until", "", "2026-11-23 00:56:52 UTC")]),
        ({"on": ["a", "b"]}, {"on": []}, [("on", "a, b", "none")]),
        (None, None, []),
        ({"a": None}, {"a": False}, [("a", "none", "no")]),
    ],
)
def test_both_sides_stand_side_by_side(before: Any, after: Any, expected: Any) -> None:
    assert [(change.name, change.before, change.after) for change in changes(before, after)] == expected


def test_the_cost_does_not_grow_with_its_parts(django_assert_max_num_queries: Any) -> None:
    service = make.service("payments")
    entry = record(ANA, "trip several", service=service, revision=1)
    for _ in range(40):
        record(ANA, "trip", target="x", service=service, revision=1, parent=entry)
    with django_assert_max_num_queries(14):
        found = one(entry.pk)
    assert found is not None
    assert found.entry.parts == 40
