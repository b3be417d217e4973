"""Refusals: every attempt to change something is written, a flood is bounded, and what was left out is counted."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from recovery import moment
from recovery.actions.actor import Actor
from recovery.actions.refusals import MOST_A_MINUTE, refused
from recovery.models import AuditEntry, Throttle
from recovery.testing import FakeClock
from tests import factories as make

VERA = Actor("vera")


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    """A clock that stands still until it is told."""
    with moment.using(FakeClock(1_900_000_000.0)) as clock:
        yield clock


def test_a_form_that_a_viewer_made_by_hand(viewer: Client) -> None:
    service = make.service("shop")
    make.breaker(service, "bank")
    for act in ("reset", "probe", "release", "hold"):
        assert viewer.post(f"/breakers/shop/production/bank/{act}", {"sure": "yes"}).status_code == 403
    told = AuditEntry.objects.filter(refused=True).values_list("actor", "act", "target")
    assert sorted(told) == sorted(
        ("vera", "steer breakers", f"/breakers/shop/production/bank/{act}")
        for act in ("reset", "probe", "release", "hold")
    )


def test_a_form_from_another_site(viewer: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = viewer.cookies
    assert strict.post("/account/sign-out/").status_code == 403
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.act, entry.target) == ("vera", "send a form from elsewhere", "/account/sign-out/")


def test_what_no_database_would_keep(viewer: Client) -> None:
    assert viewer.post("/fragments/board%00").status_code == 403
    assert AuditEntry.objects.get().target == "/fragments/board"


def test_looking_leaves_no_trace(viewer: Client) -> None:
    assert viewer.get("/people/").status_code == 403
    assert not AuditEntry.objects.exists()


def test_a_flood_writes_a_bounded_number_and_the_next_says_how_many_were_left_out(clock: FakeClock) -> None:
    for number in range(100):
        refused(VERA, "steer breakers", target=f"call-{number}")
    assert AuditEntry.objects.count() == MOST_A_MINUTE
    assert Throttle.objects.get().count == 100 - MOST_A_MINUTE
    clock.advance(61)
    refused(VERA, "steer breakers", target="one more", scope={"kind": "all"})
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert entry.scope == {"kind": "all", "left out before": 70}
    assert not Throttle.objects.exists()


def test_the_flood_of_one_hides_nobody_else(clock: FakeClock) -> None:
    for _ in range(50):
        refused(VERA, "steer breakers")
    assert refused(Actor("olga"), "steer breakers") is not None


def test_it_costs_a_page_few_queries(viewer: Client, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        viewer.post("/account/")
