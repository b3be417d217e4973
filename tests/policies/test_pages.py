"""The list, and the page of one target: what is overridden, by whom, and who runs something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from recovery.models import Breaker, BreakerNow, Confirmation, Operation, Policy, Process
from tests import factories as make
from tests.pages.conftest import counted

LIST = "/policies/"
BANK = "/policies/shop/production/breaker/bank"
FETCH = "/policies/shop/production/operation/fetch"

Publish = Callable[..., Policy]


def said(page: Any) -> str:
    return " ".join(page.content.decode().split())


def applied(process: Process, revision: int, applied: bool = True, why: str = "") -> None:
    Confirmation.objects.create(
        process=process, service=process.service, revision=revision, applied=applied, why=why, at=make.ago(minutes=1)
    )


def test_the_list_says_what_is_overridden_by_whom_and_since_when(
    viewer: Client, bank: Breaker, fetch: Operation, published: Publish
) -> None:
    published(bank, {"failure_threshold": 3, "recovery_timeout": 30.0}, 7)
    page = said(viewer.get(LIST))
    assert "<b>2 fields</b>" in page
    assert "r7<span" in page
    assert "by ana" in page
    assert page.count("<tr data-row>") == 2
    assert "2 of 2 run something else" in page
    assert "as in code" in page


def test_the_list_says_who_refused_and_why(viewer: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": 3}, 7)
    first, second = Process.objects.order_by("host")
    applied(first, 7, False, "BreakerConfig has no field colour")
    BreakerNow.objects.filter(process=second).update(policy_revision=7)
    page = said(viewer.get(LIST))
    assert "1 of 2 refused it" in page
    assert "BreakerConfig has no field colour" in page


FILTERS = [
    ("", {"bank", "fetch", "idle"}, (3, 2, 1)),
    ("?show=overridden", {"bank", "fetch"}, (3, 2, 1)),
    ("?show=drift", {"bank"}, (3, 2, 1)),
    ("?q=FET", {"fetch"}, (1, 1, 0)),
    ("?q=other", {"idle"}, (1, 0, 0)),
    ("?service=shop&environment=production", {"bank", "fetch"}, (2, 2, 1)),
    ("?service=shop&environment=staging", set(), (0, 0, 0)),
    ("?show=nonsense", {"bank", "fetch", "idle"}, (3, 2, 1)),
]


@pytest.mark.parametrize(("query", "names", "counts"), FILTERS)
def test_the_url_is_the_filter(
    viewer: Client,
    bank: Breaker,
    fetch: Operation,
    published: Publish,
    query: str,
    names: set[str],
    counts: tuple[int, ...],
) -> None:
    make.breaker(make.service("other"), "idle")
    published(bank, {"failure_threshold": 3}, 7)
    published(fetch, {"max_attempts": 2}, 8)
    Process.objects.update(applied_revision=8)
    page = viewer.get(f"{LIST}{query}")
    assert {row.name for row in page.context["found"].rows} == names
    assert tuple(page.context["found"].counts.values()) == counts


def test_a_lifted_policy_that_somebody_still_runs_is_drift(viewer: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": 3}, 7)
    BreakerNow.objects.update(policy_revision=7)
    assert viewer.get(f"{LIST}?show=drift").context["found"].rows == ()
    published(bank, None, 8)
    found = viewer.get(f"{LIST}?show=drift").context["found"]
    assert [(row.name, row.drift.behind) for row in found.rows] == [("bank", 2)]
    BreakerNow.objects.update(policy_revision=None)
    assert viewer.get(f"{LIST}?show=drift").context["found"].rows == ()


def test_pages_go_on_behind_the_last_row(viewer: Client) -> None:
    for service in ("alpha", "beta"):
        its = make.service(service)
        for number in range(35):
            make.breaker(its, f"call-{number:02}")
            Operation.objects.create(service=its, name=f"call-{number:02}", first_seen_at=make.ago(days=1))
    seen: list[tuple[str, str, str]] = []
    address, pages = LIST, 0
    while address:
        found = viewer.get(address).context["found"]
        seen += [(row.service, row.name, row.kind) for row in found.rows]
        address = f"{LIST}?after={found.next}" if found.next else ""
        pages += 1
    assert pages == 3
    assert seen == sorted(seen)
    assert len(set(seen)) == 140


@pytest.mark.parametrize("cursor", ["breaker-999", "galaxy-1", "breaker-x", "-", "breaker-" + "9" * 40])
def test_a_cursor_of_nothing_is_the_first_page(viewer: Client, bank: Breaker, cursor: str) -> None:
    assert viewer.get(LIST, {"after": cursor}).context["found"].rows[0].name == "bank"


def test_each_value_says_where_it_comes_from(viewer: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"recovery_timeout": 30.0}, 7)
    page = said(viewer.get(BANK))
    assert '<b>30 s</b> <span class="quiet">console r7</span>' in page
    assert '<b>3 calls</b> <span class="quiet">code</span>' in page
    assert '<b>5 failures</b> <span class="quiet">default</span>' in page


def test_each_process_says_what_it_runs(viewer: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"recovery_timeout": 20.0}, 6)
    published(bank, {"recovery_timeout": 30.0}, 7)
    make.stands(make.process(bank.service, "web-3"), bank)
    one, two, _ = BreakerNow.objects.order_by("process__host")
    for row, revision, seconds in ((one, 7, 30.0), (two, 6, 20.0)):
        row.config = {**make.CONFIG, "recovery_timeout": seconds}
        row.policy_revision = revision
        row.save()
    applied(two.process, 7, False, "BreakerConfig: recovery_timeout is not for us")
    rows = viewer.get(BANK).context["running"].rows
    assert [(row.host, row.word, row.revision) for row in rows] == [
        ("web-2", "refused", 6),
        ("web-3", "sent", None),
        ("web-1", "as wanted", 7),
    ]
    page = said(viewer.get(BANK))
    assert "keeps its last good one: BreakerConfig: recovery_timeout is not for us" in page
    assert '<code>recovery_timeout</code> 20 s <span class="quiet">(wanted 30 s)</span>' in page
    assert "1 of 3 as wanted" in page


def test_other_code_is_told_from_a_policy_that_did_not_arrive(viewer: Client, bank: Breaker) -> None:
    BreakerNow.objects.filter(process__host="web-2").update(config={**make.CONFIG, "failure_threshold": 9})
    rows = viewer.get(BANK).context["running"].rows
    assert [(row.host, row.word, row.why) for row in rows] == [
        ("web-2", "differs", "its code says otherwise (version 2.8.1)"),
        ("web-1", "as wanted", ""),
    ]


def test_of_an_operation_it_says_what_each_process_confirmed(
    viewer: Client, bank: Breaker, fetch: Operation, published: Publish
) -> None:
    published(fetch, {"max_attempts": 2}, 6)
    published(fetch, {"max_attempts": 9}, 7)
    one, two = Process.objects.order_by("host")
    Process.objects.update(applied_revision=6)
    applied(one, 7)
    rows = viewer.get(FETCH).context["running"].rows
    assert [(row.host, row.word, row.revision) for row in rows] == [("web-2", "sent", 6), ("web-1", "as wanted", 7)]
    applied(two, 7, False, "RetryConfig has no field max_attempts")
    page = viewer.get(FETCH)
    assert [row.word for row in page.context["running"].rows] == ["refused", "as wanted"]
    assert "keeps its last good one: RetryConfig has no field" in said(page)


def test_a_policy_for_some_processes_is_wanted_of_those(viewer: Client, bank: Breaker, published: Publish) -> None:
    uid = Process.objects.get(host="web-2").uid
    published(bank, {"failure_threshold": 3}, 7, scope={"kind": "process", "values": [uid]})
    rows = viewer.get(BANK).context["running"].rows
    assert [(row.host, row.word, row.wanted) for row in rows] == [("web-2", "sent", 7), ("web-1", "as wanted", None)]
    assert "for some processes" in said(viewer.get(BANK))


def test_history_tells_what_each_revision_changed(viewer: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"failure_threshold": 3}, 5, reason="<b>first</b>")
    published(bank, {"failure_threshold": 4, "window": "time"}, 6)
    published(bank, None, 7)
    page = said(viewer.get(BANK))
    assert "&lt;b&gt;first&lt;/b&gt;" in page
    assert "failure_threshold 3 failures</del>" in page
    assert "failure_threshold 4 failures</ins>" in page
    assert "returned to the code’s own" in page
    assert [row.revision for row in viewer.get(BANK).context["history"].rows] == [7, 6, 5]


def test_history_has_pages_and_a_fixed_cost(viewer: Client, bank: Breaker, published: Publish) -> None:
    published(bank, {"window_size": 1}, 1)
    with counted() as few:
        viewer.get(BANK)
    for number in range(2, 48):
        published(bank, {"window_size": number}, number)
    with counted() as many:
        page = viewer.get(BANK)
    assert abs(few[0] - many[0]) <= 1  # the oldest has none before it
    assert many[0] <= 16
    history = page.context["history"]
    assert [row.revision for row in history.rows] == list(range(47, 27, -1))
    older = viewer.get(BANK, {"before": history.older}).context["history"]
    assert [row.revision for row in older.rows] == list(range(27, 7, -1))
    assert older.rows[-1].changes[0].before == "7 calls or s"


def test_the_list_costs_the_same_for_two_and_for_fifty(
    viewer: Client, bank: Breaker, fetch: Operation, published: Publish
) -> None:
    published(bank, {"window_size": 5}, 100)
    published(fetch, {"max_attempts": 5}, 101)
    with counted() as few:
        viewer.get(LIST)
    for number in range(60):
        published(make.breaker(bank.service), {"window_size": 5}, number + 1)
    with counted() as many:
        viewer.get(LIST)
    assert few == many
    assert few[0] <= 18


@pytest.mark.parametrize("page", ["", "/edit", "/lift", "/preview", "/compare"])
@pytest.mark.parametrize(
    "target",
    ["shop/production/breaker/none", "shop/staging/breaker/bank", "shop/production/galaxy/bank", "x/y/operation/fetch"],
)
def test_unknown_names_are_not_found_and_never_made(
    operator: Client, bank: Breaker, fetch: Operation, page: str, target: str
) -> None:
    assert operator.get(f"/policies/{target}{page}").status_code == 404
    assert (Breaker.objects.count(), Operation.objects.count(), Policy.objects.count()) == (1, 1, 0)


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 200), ("operator", 200), ("stranger", 403), ("anonymous", 302)]
)
@pytest.mark.parametrize("address", [LIST, BANK, f"{BANK}/compare"])
def test_who_may_see_it(
    browser: Callable[[str], Client], bank: Breaker, published: Publish, address: str, role: str, status: int
) -> None:
    published(bank, {"window_size": 5}, 1)
    assert browser(role).get(address).status_code == status


@pytest.mark.parametrize("address", [LIST, BANK, f"{BANK}/compare", f"{BANK}/preview"])
def test_nobody_may_post_to_what_only_shows(operator: Client, bank: Breaker, address: str) -> None:
    assert operator.post(address).status_code in {403, 405}


def test_only_who_may_publish_sees_the_way_to_it(viewer: Client, operator: Client, bank: Breaker) -> None:
    assert f"{BANK}/edit" not in said(viewer.get(BANK))
    assert f"{BANK}/edit" in said(operator.get(BANK))
    bank.locked = True
    bank.save()
    page = said(operator.get(BANK))
    assert f"{BANK}/edit" not in page
    assert "Locked in code" in page


def test_any_name_has_an_address(operator: Client) -> None:
    from django.urls import reverse

    for name in ("a/b", "100%", "..", "a b?c#d", "<b>", "edit", "ünïcode/✓"):
        make.breaker(make.service("se/rvice", "st%ging"), name)
        words = ["se/rvice", "st%ging", "breaker", name]
        for page in ("policy", "edit-policy", "lift-policy", "compare-policies", "preview-policy"):
            assert operator.get(reverse(page, args=words)).status_code == 200, (page, name)
