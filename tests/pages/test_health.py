"""The pages of health checks."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from recovery.models import AuditEntry, Check, CheckDay, CheckResult
from recovery.queries.health import CheckRow
from recovery.views import health as views
from tests import factories as make
from tests.pages.conftest import counted

FORM = {
    "name": "upstream",
    "kind": "http",
    "target": "https://example.org/health",
    "interval": "30",
    "timeout": "5",
    "healthy_after": "3",
    "act": "reset",
}


def check(name: str = "upstream", **fields: object) -> Check:
    """A check with two results."""
    wanted = {
        "service": make.service(),
        "name": name,
        "target": "https://example.org/health",
        "healthy": True,
        "streak": 2,
    }
    times = {"since": make.ago(minutes=1), "last_run_at": make.ago(seconds=9), "next_run_at": make.ago(seconds=-21)}
    made = Check.objects.create(**wanted | times | {"created_at": make.ago(days=1)} | fields)
    for healthy, seconds in ((False, 40), (True, 10)):
        CheckResult.objects.create(
            parent=made, run=uuid4(), at=make.ago(seconds=seconds), healthy=healthy, latency_ms=12, text="200 OK"
        )
    CheckDay.objects.create(parent=made, day=make.ago(seconds=0).date(), runs=2, healthy=1)
    return made


def test_ninety_days_are_told_in_bars_in_words_and_in_a_table(viewer: Client) -> None:
    made = check()
    for ago, runs, healthy in ((1, 2880, 2880), (2, 2880, 2873), (89, 10, 0), (90, 10, 0)):
        CheckDay.objects.create(parent=made, day=make.ago(days=ago).date(), runs=runs, healthy=healthy)
    page = viewer.get(f"/health/{made.pk}/").content.decode()
    words = "4 of 90 days known: 3 with trouble, 99.68 % of the results healthy"
    assert f'aria-label="{words}"' in page
    assert f'aria-label="{words}"' in viewer.get("/health/").content.decode()
    table = page[page.index("The same as a table") : page.index("</details>", page.index("The same as a table"))]
    assert table.count("<tr>") == 1 + 4
    assert make.ago(days=90).date().isoformat() not in table
    assert re.search(rf"{make.ago(days=2).date().isoformat()}</td>.*?2,880.*?>7<.*?99.75 %", table)


def test_the_list_tells_how_each_stands(viewer: Client) -> None:
    check("fine")
    check("broken", healthy=False)
    check("off", enabled=False)
    check("new", healthy=None)
    page = viewer.get("/health/").content.decode()
    for words in ("Healthy</span>", "Unhealthy</span>", "Off</span>", "Not known</span>", "50 %", "No worker runs"):
        assert words in page


def test_one_shows_its_results_and_what_recovery_does(viewer: Client) -> None:
    made = check()
    made.breakers.add(make.breaker(made.service, "download.fetch"))
    page = viewer.get(f"/health/{made.pk}/").content.decode()
    for words in ("After 3 healthy results in a row", "download.fetch", "200 OK", "12 ms"):
        assert words in page


def test_empty_says_what_a_check_is_for(viewer: Client) -> None:
    assert "No check yet" in viewer.get("/health/").content.decode()


@pytest.mark.parametrize("act", ["delete", "edit"])
def test_what_somebody_deletes_meanwhile_is_not_found(
    browser: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    made, look = check(), views._found

    def meanwhile(key: int) -> CheckRow:
        found = look(key)
        Check.objects.all().delete()
        return found

    monkeypatch.setattr(views, "_found", meanwhile)
    assert browser("operator").post(f"/health/{made.pk}/{act}/", FORM).status_code == 404


def test_an_operator_makes_edits_runs_switches_and_deletes(browser: Callable[[str], Client]) -> None:
    client, service = browser("operator"), make.service()
    breaker = make.breaker(service, "download.fetch")
    assert f"?service={service.pk}" in client.get("/health/add/").content.decode()
    answer = client.post(f"/health/add/?service={service.pk}", {**FORM, "breakers": [breaker.pk]})
    made = Check.objects.get()
    assert answer["Location"] == f"/health/{made.pk}/"
    edited = {**FORM, "name": "renamed", "revision": made.revision}
    client.post(f"/health/{made.pk}/edit/", edited)
    assert Check.objects.get().name == "renamed"
    client.post(f"/health/{made.pk}/switch/", {"on": "no"})
    assert not Check.objects.get().enabled
    assert "Nothing was changed" in client.post(f"/health/{made.pk}/run/", follow=True).content.decode()
    client.post(f"/health/{made.pk}/switch/", {"on": "yes"})
    assert "runs within a second" in client.post(f"/health/{made.pk}/run/", follow=True).content.decode()
    client.post(f"/health/{made.pk}/delete/")
    assert not Check.objects.exists()
    acts = list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))
    assert acts == ["create check", "edit check", "disable check", "enable check", "run check", "delete check"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"target": "ftp://x"},
        {"interval": "1"},
        {"timeout": "1000"},
        {"act": "explode"},
        {"breakers": ["99"]},
    ],
)
def test_what_is_wrong_is_said_beside_the_field(browser: Callable[[str], Client], wrong: dict[str, object]) -> None:
    answer = browser("operator").post(f"/health/add/?service={make.service().pk}", {**FORM, **wrong})
    assert answer.status_code == 200
    assert 'class="problem"' in answer.content.decode()
    assert not Check.objects.exists()


def test_a_stale_edit_is_a_conflict_shown_field_by_field(browser: Callable[[str], Client]) -> None:
    made = check()
    Check.objects.update(revision=5, interval=60)
    answer = browser("operator").post(f"/health/{made.pk}/edit/", {**FORM, "interval": "90", "revision": "1"})
    assert answer.status_code == 409
    assert "60 ≠ <b>90</b>" in answer.content.decode()
    assert Check.objects.get().interval == 60


@pytest.mark.parametrize("role", ["viewer", "stranger"])
def test_only_operators_act(browser: Callable[[str], Client], role: str) -> None:
    made, client = check(), browser(role)
    for act in ("edit", "delete", "switch", "run"):
        assert client.post(f"/health/{made.pk}/{act}/", FORM).status_code == 403
    assert client.post(f"/health/add/?service={made.service_id}", FORM).status_code == 403
    assert client.get("/health/add/").status_code == 403
    assert (Check.objects.count(), Check.objects.get().enabled) == (1, True)


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 200), ("operator", 200), ("stranger", 403), ("anonymous", 302)]
)
def test_who_may_see_them(browser: Callable[[str], Client], role: str, status: int) -> None:
    made, client = check(), browser(role)
    assert {client.get("/health/").status_code, client.get(f"/health/{made.pk}/").status_code} == {status}


@pytest.mark.parametrize("address", ["", "edit/", "delete/", "switch/", "run/"])
def test_unknown_checks_are_not_found(admin: Client, address: str) -> None:
    ask = admin.get if address in {"", "edit/"} else admin.post
    assert ask(f"/health/999999/{address}").status_code == 404
    assert ask(f"/health/{'9' * 30}/{address}").status_code == 404


@pytest.mark.parametrize("address", ["delete/", "switch/", "run/"])
def test_changes_are_never_made_by_get(admin: Client, address: str) -> None:
    made = check()
    assert admin.get(f"/health/{made.pk}/{address}").status_code == 405
    assert Check.objects.exists()


def test_the_number_of_queries_is_fixed(viewer: Client) -> None:
    made = check()
    with counted() as few:
        viewer.get("/health/"), viewer.get(f"/health/{made.pk}/")
    for number in range(15):
        check(f"more-{number}").breakers.add(make.breaker(make.service()))
    with counted() as many:
        viewer.get("/health/"), viewer.get(f"/health/{made.pk}/")
    assert few == many
