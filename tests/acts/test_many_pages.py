"""Acting on many from the board: a selection, or all that the filter leaves; a preview of exactly what it hits."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from recovery import moment
from recovery.actions.bulk import MOST_AT_ONCE
from recovery.models import AuditEntry, Breaker, Command, Hold
from recovery.views.fragments import render
from tests import factories as make
from tests.acts.conftest import HX, Shop

FORM = {"verb": "trip", "end": "60", "reason": "provider down", "zone": "UTC"}


@pytest.fixture
def stock(shop: Shop) -> Breaker:
    """A second breaker, open, of another service."""
    other = make.service("stock")
    return make.breaker(other, "stock.get", "OPEN", on=[make.process(other)])


def ids(page: str) -> list[int]:
    """What the form would act on."""
    found = re.search(r'name="ids" value="([\d,]*)"', page)
    assert found is not None
    return [int(key) for key in found[1].split(",") if key]


def test_a_selection_is_previewed_by_name(operator: Client, shop: Shop, stock: Breaker) -> None:
    page = operator.get(f"/many/?b={shop.breaker.pk}&b={stock.pk}&b=nonsense&b=999999").content.decode()
    assert ids(page) == [shop.breaker.pk, stock.pk]
    for words in ("2 breakers</b> in 2 services on 4 processes", "shop.pay", "stock.get", "calls/s will be refused"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("all=1", {"shop.pay", "stock.get"}),
        ("all=1&state=open", {"stock.get"}),
        ("all=1&q=pay", {"shop.pay"}),
        ("all=1&service=stock&environment=production", {"stock.get"}),
        ("all=1&q=nothing", set()),
    ],
)
def test_all_matching_is_read_by_the_boards_own_filter(
    query: str, names: set[str], operator: Client, shop: Shop, stock: Breaker
) -> None:
    page = operator.get(f"/many/?{query}").content.decode()
    assert set(Breaker.objects.filter(pk__in=ids(page)).values_list("name", flat=True)) == names


def test_it_acts_on_exactly_what_was_previewed(operator: Client, shop: Shop, stock: Breaker) -> None:
    page = operator.get("/many/?all=1&state=open").content.decode()
    shop.turn("OPEN")  # one more matches by now
    answer = operator.post("/many/", FORM | {"ids": ",".join(map(str, ids(page)))})
    entry = AuditEntry.objects.get(parent=None)
    assert (answer.status_code, answer["Location"]) == (302, f"/many/{entry.pk}/")
    assert [hold.breaker for hold in Hold.objects.all()] == ["stock.get"]
    assert (entry.act, entry.user.username, entry.children.count()) == ("trip several", "operator-ana", 1)


def test_its_page_lists_what_was_not_done_and_why(operator: Client, shop: Shop, stock: Breaker) -> None:
    keys = f"{shop.breaker.pk},{stock.pk}"
    answer = operator.post("/many/", {"verb": "probe", "end": "15", "ids": keys}, follow=True)
    page = answer.content.decode()
    assert "Written down for 1 of 2 breakers" in page
    assert "it is closed: only an open breaker probes" in page
    assert Command.objects.get().target == "stock.get"


def test_in_the_dialog_it_answers_with_the_part_and_the_hub_can_push_it(operator: Client, shop: Shop) -> None:
    answer = operator.post("/many/", FORM | {"ids": str(shop.breaker.pk)}, headers=HX)
    part = answer.content.decode()
    entry = AuditEntry.objects.get(parent=None).pk
    assert f'id="many-{entry}" data-fragment="many:{entry}"' in part
    assert f'formaction="/many/{entry}/undo"' in part
    shop.answer(1)
    assert "applied 3 of 3 times" in render(f"many:{entry}")


def test_undo_takes_all_of_it_back(operator: Client, shop: Shop, stock: Breaker) -> None:
    operator.post("/many/", FORM | {"ids": f"{shop.breaker.pk},{stock.pk}"})
    entry = AuditEntry.objects.get(parent=None).pk
    answer = operator.post(f"/many/{entry}/undo", follow=True)
    assert answer.status_code == 200
    assert not Hold.objects.in_force(moment.now()).exists()
    assert AuditEntry.objects.filter(act="undo trip", refused=False).count() == 2


def test_more_than_the_cap_is_said_and_the_rest_left_out(operator: Client, shop: Shop) -> None:
    Breaker.objects.bulk_create(
        Breaker(service=shop.service, name=f"many.{number}", state="CLOSED", first_seen_at=moment.now())
        for number in range(MOST_AT_ONCE + 20)
    )
    page = operator.get("/many/?all=1").content.decode()
    assert "521 breakers match. At most 500 are acted on at once" in page
    assert len(ids(page)) == MOST_AT_ONCE
    every = ",".join(str(key) for key in Breaker.objects.values_list("pk", flat=True))
    answer = operator.post("/many/", FORM | {"ids": every})
    assert answer.status_code == 422
    assert not Hold.objects.exists()


WRONG: list[tuple[dict[str, str], str]] = [
    ({"reason": ""}, "a reason is needed"),
    ({"verb": "explode"}, "not one of the available choices"),
    ({"end": "for", "minutes": "-1"}, "above 0"),
    ({"ids": ""}, "None of these breakers is known"),
    ({"ids": "1;drop"}, "None of these breakers is known"),
    ({"ids": "9" * 40}, "None of these breakers is known"),
]


@pytest.mark.parametrize(("wrong", "words"), WRONG)
def test_what_is_wrong_is_said_and_nothing_is_changed(
    wrong: dict[str, str], words: str, operator: Client, shop: Shop
) -> None:
    answer = operator.post("/many/", FORM | {"ids": str(shop.breaker.pk)} | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Hold.objects.exists()


def test_whom_it_hits_follows_what_is_chosen(operator: Client, shop: Shop, stock: Breaker) -> None:
    asked: dict[str, Any] = {"ids": f"{shop.breaker.pk},{stock.pk}", "verb": "reset", "end": "15"}
    part = operator.get("/many/reach", asked, headers=HX).content.decode()
    assert "Closes it and empties its window" in part
    assert "Reset 2 breakers</button>" in part
    assert "Ends in" not in part


@pytest.mark.parametrize("who", ["viewer", "stranger"])
def test_only_operators_act_on_many(who: str, browser: Callable[[str], Client], shop: Shop) -> None:
    client = browser(who)
    assert client.get("/many/?all=1").status_code == 403
    assert client.post("/many/", FORM | {"ids": str(shop.breaker.pk)}).status_code == 403
    assert client.post("/many/1/undo").status_code == 403
    assert [entry.refused for entry in AuditEntry.objects.all()] == [True, True]
    assert not Hold.objects.exists()


def test_what_is_unknown_or_asked_wrongly(operator: Client, browser: Callable[..., Client], shop: Shop) -> None:
    assert operator.get("/many/999/").status_code == 404
    assert operator.get(f"/many/{'9' * 30}/").status_code == 404
    assert operator.post("/many/999/undo").status_code == 404
    assert operator.get("/many/999/undo").status_code == 405


def test_the_board_offers_to_select_and_each_row_its_likely_acts(operator: Client, shop: Shop, stock: Breaker) -> None:
    page = operator.get("/?q=s").content.decode()
    assert 'href="/many/?all=1&amp;q=s"' in page
    for words in (
        f'value="{shop.breaker.pk}" form="chosen" aria-label="Select shop.pay"',
        'formaction="/breakers/stock/production/stock.get/probe" data-ask="Probe on 1 process?"',
        'href="/breakers/shop/production/shop.pay/hold?kind=trip" data-dialog>Trip</a>',
        'href="/breakers/shop/production/shop.pay/acts" data-dialog aria-label="More acts"',
    ):
        assert words in page
