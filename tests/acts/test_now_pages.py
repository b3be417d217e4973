"""Reset, probe, release, undo from a browser: POST only, asked twice, refused to whoever may not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from recovery.actions import holds
from recovery.actions.actor import Actor
from recovery.models import AuditEntry, Breaker, Command, Hold, Membership
from recovery.queries.desired import holds_of
from tests import factories as make
from tests.acts.conftest import ADDRESS, HX, Shop

SURE = {"sure": "yes"}
ACTS = ("reset", "probe", "release")


@pytest.mark.parametrize("verb", ["reset", "probe"])
def test_a_command_is_written_down_and_its_page_tells_how_far_it_is(verb: str, operator: Client, shop: Shop) -> None:
    answer = operator.post(f"{ADDRESS}/{verb}", SURE)
    assert (answer.status_code, answer["Location"]) == (302, f"{ADDRESS}/did/1")
    made = Command.objects.get()
    assert (made.verb, made.actor) == (verb, "operator-ana")
    page = operator.get(answer["Location"]).content.decode()
    assert "applied 0 of 3" in page
    assert f'data-fragment="progress:{shop.service.pk}:1"' in page
    assert "Undo" not in page
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.user.username, entry.revision) == (verb, "operator-ana", 1)


@pytest.mark.parametrize("verb", ACTS)
def test_without_a_script_the_second_step_is_a_page(verb: str, operator: Client, shop: Shop) -> None:
    answer = operator.post(f"{ADDRESS}/{verb}", {"scope": "host:web-1"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "on 2 processes?</h1>" in page
    assert "Only on host web-1." in page
    assert '<input type="hidden" name="sure" value="yes">' in page
    assert not AuditEntry.objects.exists()


def test_a_page_that_stays_gets_the_part(operator: Client, shop: Shop, boss: Actor) -> None:
    holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    answer = operator.post(f"{ADDRESS}/release", SURE, headers=HX)
    part = answer.content.decode()
    assert answer.status_code == 200
    assert part.lstrip().startswith("<article")
    assert f'formaction="{ADDRESS}/undo/2"' in part
    assert holds_of(shop.service, "shop.pay") == []


def test_undo_brings_it_back(operator: Client, shop: Shop, boss: Actor) -> None:
    holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    operator.post(f"{ADDRESS}/release", SURE)
    answer = operator.post(f"{ADDRESS}/undo/2")
    assert answer["Location"] == f"{ADDRESS}/did/3"
    assert [hold.kind for hold in holds_of(shop.service, "shop.pay")] == ["trip"]
    assert AuditEntry.objects.order_by("-pk")[0].act == "undo release"


def test_an_undo_after_somebody_else_acted_is_a_conflict(operator: Client, shop: Shop, boss: Actor) -> None:
    holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    holds.disable(shop.service, "shop.pay", actor=Actor("ben"), reason="no")
    answer = operator.post(f"{ADDRESS}/undo/1")
    assert answer.status_code == 409
    assert "ben changed it meanwhile" in answer.content.decode()
    part = operator.post(f"{ADDRESS}/undo/1", headers=HX)
    assert (part.status_code, part["X-Part"]) == (409, "notice")
    assert holds_of(shop.service, "shop.pay")[0].kind == "disable"


def test_one_scope_is_released_and_the_rest_stays(operator: Client, shop: Shop, boss: Actor) -> None:
    for host in ("web-1", "web-2"):
        scope = {"kind": "host", "values": [host]}
        holds.trip(shop.service, "shop.pay", actor=boss, reason="drill", scope=scope)
    operator.post(f"{ADDRESS}/release", SURE | {"scope": "host:web-1"})
    assert [hold.scope["values"] for hold in holds_of(shop.service, "shop.pay")] == [["web-2"]]


def test_a_release_of_nothing_says_so(operator: Client, shop: Shop) -> None:
    answer = operator.post(f"{ADDRESS}/release", SURE)
    assert answer.status_code == 400
    assert "Nothing was changed" in answer.content.decode()
    assert "nothing holds" in answer.content.decode()


@pytest.mark.parametrize("scope", ["nonsense", "galaxy:x", "host:", "host:" + "x" * 300])
def test_a_scope_that_is_none_changes_nothing(scope: str, operator: Client, shop: Shop) -> None:
    assert operator.post(f"{ADDRESS}/reset", SURE | {"scope": scope}).status_code == 422
    assert not Command.objects.exists()


@pytest.mark.parametrize("act", [*ACTS, "undo/1"])
def test_get_is_refused(act: str, operator: Client, shop: Shop) -> None:
    answer = operator.get(f"{ADDRESS}/{act}")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert not Command.objects.exists()


@pytest.mark.parametrize("who", ["viewer", "stranger"])
@pytest.mark.parametrize("act", [*ACTS, "undo/1", "hold"])
def test_a_forged_form_is_refused_and_written_down(
    act: str, who: str, browser: Callable[[str], Client], shop: Shop
) -> None:
    answer = browser(who).post(f"{ADDRESS}/{act}", SURE | {"kind": "trip", "reason": "x", "scope": "all", "end": "15"})
    assert answer.status_code == 403
    entry = AuditEntry.objects.get()
    assert (entry.refused, entry.user.username) == (True, f"{who}-ana")
    assert not Command.objects.exists()
    assert not Hold.objects.exists()


def test_whoever_is_not_signed_in_is_told_so(browser: Callable[[str], Client], shop: Shop) -> None:
    assert browser("anonymous").post(f"{ADDRESS}/reset", SURE).status_code == 401


@pytest.mark.parametrize("act", [*ACTS, "hold"])
def test_an_operator_of_other_services_is_refused_and_it_is_written_down(act: str, client: Client, shop: Shop) -> None:
    user = make.person(None, "ben")
    Membership.objects.create(user=user, role="operator", everywhere=False).services.add(make.service("other"))
    client.force_login(user)
    form = SURE | {"kind": "trip", "reason": "x", "scope": "all", "end": "15"}
    assert client.post(f"{ADDRESS}/{act}", form).status_code == 403
    entry = AuditEntry.objects.get()
    assert (entry.refused, entry.service, entry.target) == (True, shop.service, "shop.pay")
    assert not Command.objects.exists()


@pytest.mark.parametrize("act", [*ACTS, "undo/1", "hold"])
def test_a_form_without_our_token_is_refused(act: str, browser: Callable[..., Client], shop: Shop) -> None:
    client = browser("operator", enforce_csrf_checks=True)
    assert client.post(f"{ADDRESS}/{act}", SURE).status_code == 403
    assert not Command.objects.exists()


@pytest.mark.parametrize("address", ["/breakers/shop/production/none", "/breakers/none/production/shop.pay"])
@pytest.mark.parametrize("act", [*ACTS, "undo/1", "hold"])
def test_an_unknown_breaker_is_not_found_and_never_made(address: str, act: str, operator: Client, shop: Shop) -> None:
    form = SURE | {"kind": "trip", "reason": "x", "scope": "all", "end": "15"}
    assert operator.post(f"{address}/{act}", form).status_code == 404
    assert Breaker.objects.count() == 1
    assert not Hold.objects.exists()


@pytest.mark.parametrize("revision", ["1", "999", "9" * 30])
def test_an_unknown_change_is_not_found(revision: str, operator: Client, shop: Shop) -> None:
    assert operator.post(f"{ADDRESS}/undo/{revision}").status_code == 404
    assert operator.get(f"{ADDRESS}/did/{revision}").status_code == 404


def test_the_page_of_a_change_belongs_to_its_breaker(operator: Client, shop: Shop, boss: Actor) -> None:
    make.breaker(shop.service, "shop.stock", on=shop.processes)
    holds.trip(shop.service, "shop.stock", actor=boss, reason="drill")
    assert operator.get(f"{ADDRESS}/did/1").status_code == 404


STATES: list[tuple[str, bool, list[str]]] = [
    ("OPEN", False, ["Probe now", "Reset", "Hold…"]),
    ("OPEN", True, ["Probe now", "Reset", "Release"]),
    ("HALF-OPEN", False, ["Reset", "Hold…"]),
    ("HALF-OPEN", True, ["Reset", "Hold…", "Release"]),
    ("CLOSED", False, ["Hold…", "Reset"]),
    ("FORCED-OPEN", True, ["Release", "Reset", "Hold…"]),
    ("DISABLED", True, ["Release", "Hold…"]),
    ("METRICS-ONLY", True, ["Release", "Hold…"]),
    ("", True, ["Release", "Hold…"]),
    ("", False, ["Hold…"]),
]


@pytest.mark.parametrize(("state", "held", "words"), STATES)
def test_the_head_offers_at_most_three_the_likely_one_first(
    state: str, held: bool, words: list[str], operator: Client, shop: Shop, boss: Actor
) -> None:
    if held:
        holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    shop.turn(state)
    page = operator.get(ADDRESS).content.decode()
    acts = re.search(r'<div class="acts" data-acts data-least="operator"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert acts is not None
    assert re.findall(r">([^<>]+)</(?:button|a)>", acts[1]) == [*words, "⋯"]


def test_a_button_asks_by_how_many_processes_it_hits(operator: Client, shop: Shop) -> None:
    shop.turn("OPEN")
    page = operator.get(ADDRESS).content.decode()
    assert 'data-ask="Probe on 3 processes?"' in page
    assert 'data-ask="Reset on 3 processes?"' in page


def test_all_acts_are_on_one_page_and_in_the_dialog(operator: Client, shop: Shop) -> None:
    for how in ({}, {"headers": HX}):
        page = operator.get(f"{ADDRESS}/acts", **how).content.decode()
        for words in ("Reset on 3 processes?", "hold?kind=trip", "hold?kind=disable", "hold?kind=observe"):
            assert words in page
        assert "Probe on" not in page, "a closed one has nothing to probe"
    assert ("<html" in operator.get(f"{ADDRESS}/acts").content.decode(), "<html" in page) == (True, False)


def test_a_viewer_sees_neither_form_nor_list(browser: Callable[[str], Client], shop: Shop) -> None:
    client: Any = browser("viewer")
    for page in ("acts", "hold", "hold/reach"):
        assert client.get(f"{ADDRESS}/{page}").status_code == 403
    assert not AuditEntry.objects.exists(), "looking is no attempt to change something"


@pytest.mark.parametrize("wrong", [{"reason": "a\0b"}, {"scope": "host:\0"}])
@pytest.mark.parametrize("act", ACTS)
def test_a_text_that_postgresql_cannot_keep_is_refused(
    act: str, wrong: dict[str, str], operator: Client, shop: Shop, boss: Actor
) -> None:
    holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    assert operator.post(f"{ADDRESS}/{act}", SURE | wrong).status_code == 422
    assert (Hold.objects.count(), Command.objects.count()) == (1, 0)


@pytest.mark.parametrize("name", ["shop.pay%00", "shop.pay%2500"])
def test_an_address_with_a_nul_is_not_found(name: str, operator: Client, shop: Shop) -> None:
    assert operator.get(f"/breakers/shop/production/{name}").status_code == 404
    assert operator.post(f"/breakers/shop/production/{name}/reset", SURE).status_code == 404
    assert operator.get(f"/policies/shop/production/breaker/{name}").status_code == 404
