"""The services' pages, and their tokens."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from recovery.actions import commands, holds
from recovery.actions.actor import machine
from recovery.models import AuditEntry, Process, Service, Token
from tests import factories as make
from tests import house
from tests.pages.conftest import counted

ADD = "/services/add/"
SECRET = re.compile(r'id="token">(rcv_[\w-]+)<')


def test_the_list_tells_who_runs(viewer: Client) -> None:
    house.build()
    page = viewer.get("/services/").content.decode()
    for words in ("students", "2 linked", "1 cut off", "1.14.0", "all on r0", "1 in need"):
        assert words in page


def test_one_service_shows_processes_links_and_clients(viewer: Client) -> None:
    service = make.service("students")
    make.process(service, "web-1", client={"waiting": 12, "dropped": {"log": 17}, "lag_seconds": 0.25})
    make.process(service, "web-2", silence="gone", clock_offset_ms=600_000)
    make.breaker(service, "pay")
    for _ in range(3):
        holds.trip(service, "pay", actor=machine("boss"), reason="drill")
    page = viewer.get("/services/students/production/").content.decode()
    for words in (">12<", ">17<", "250 ms", "of r3", "Gone", "said goodbye", "its clock is 10 m off"):
        assert words in page


def test_a_command_leaves_nobody_behind(viewer: Client) -> None:
    """It is done by whoever was there; what is kept for those who come later is holds and policies."""
    service = make.service("students")
    process = make.process(service, "web-1")
    make.breaker(service, "pay", on=[process])
    holds.trip(service, "pay", actor=machine("boss"), reason="drill")
    assert "1 process behind r1" in viewer.get("/services/").content.decode()
    Process.objects.update(applied_revision=1)
    commands.probe(service, "pay", actor=machine("boss"))
    assert "all on r1" in viewer.get("/services/").content.decode()
    assert "of r2" not in viewer.get("/services/students/production/").content.decode()


def test_a_search_narrows_the_list(viewer: Client) -> None:
    make.service("download")
    make.service("students")
    page = viewer.get("/services/?q=STUD").content.decode()
    assert ">students</a>" in page
    assert ">download</a>" not in page


def test_two_clicks_and_a_service_has_its_token(admin: Client) -> None:
    assert admin.get(ADD).status_code == 200
    answer = admin.post(ADD, {"name": "download", "environment": "production"})
    secret = SECRET.search(answer.content.decode())
    assert answer.status_code == 201
    assert secret is not None
    assert Token.objects.get().digest == Token.digest_of(secret[1])
    assert f"recovery.connect(&quot;http://testserver&quot;, &quot;{secret[1]}&quot;)" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert secret[1] not in admin.get("/services/download/production/").content.decode(), "it is told once"


def test_the_public_address_stands_in_the_lines(admin: Client, settings: object) -> None:
    settings.PUBLIC_URL = "https://console.example.org"  # type: ignore[attr-defined]
    page = admin.post(ADD, {"name": "download", "environment": "production"}).content.decode()
    assert "https://console.example.org" in page


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"name": "", "environment": "x"},
        {"name": "a\nb", "environment": "x"},
        {"name": "x" * 300, "environment": "x"},
    ],
)
def test_a_bad_name_makes_nothing_and_says_why(admin: Client, form: dict[str, str]) -> None:
    answer = admin.post(ADD, form)
    assert answer.status_code == 200
    assert 'class="problem"' in answer.content.decode()
    assert not Service.objects.exists()


def test_a_service_that_exists_gets_another_token(admin: Client) -> None:
    service = make.service("download")
    admin.post(ADD, {"name": "download", "environment": "production"})
    admin.post("/services/download/production/tokens/", {"label": "staging box"})
    assert service.tokens.count() == 2
    assert "staging box" in admin.get("/services/download/production/").content.decode()


def test_a_token_is_revoked_once_and_audited(admin: Client) -> None:
    admin.post(ADD, {"name": "download", "environment": "production"})
    token = Token.objects.get()
    page = admin.post(f"/services/tokens/{token.pk}/revoke/", follow=True).content.decode()
    assert f"Token {token.prefix}… is revoked" in page
    assert "Nothing was changed" in admin.post(f"/services/tokens/{token.pk}/revoke/", follow=True).content.decode()
    assert AuditEntry.objects.filter(act="revoke token").count() == 1


@pytest.mark.parametrize("role", ["viewer", "operator", "stranger"])
def test_tokens_are_for_admins_only(browser: Callable[[str], Client], role: str) -> None:
    service = make.service("download")
    token = Token.objects.create(service=service, prefix="rcv_x", digest="d", created_at=make.ago())
    client = browser(role)
    addresses = (ADD, "/services/download/production/tokens/", f"/services/tokens/{token.pk}/revoke/")
    assert {client.post(address, {"name": "x", "environment": "y"}).status_code for address in addresses} == {403}
    assert client.get(ADD).status_code == 403
    assert (Token.objects.filter(revoked_at=None).count(), Service.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(refused=True).count() == 3


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 200), ("operator", 200), ("stranger", 403), ("anonymous", 302)]
)
def test_who_may_see_them(browser: Callable[[str], Client], role: str, status: int) -> None:
    make.service("download")
    client = browser(role)
    statuses = {client.get(address).status_code for address in ("/services/", "/services/download/production/")}
    assert statuses == {status}


def test_acts_of_admins_are_marked_so_that_others_do_not_see_them(viewer: Client) -> None:
    make.service("download")
    for address in ("/services/", "/services/download/production/"):
        main = viewer.get(address).content.decode().split("<main", 1)[1]
        acts = re.findall(r"<(?:a|form|details)[^>]*(?:add/|tokens/|menu)[^>]*>", main)
        assert all('data-least="admin"' in act for act in acts)


@pytest.mark.parametrize("address", ["/services/no-such/production/", "/services/download/staging/"])
def test_unknown_services_are_not_found(viewer: Client, address: str) -> None:
    make.service("download")
    assert viewer.get(address).status_code == 404


def test_unknown_tokens_and_services_change_nothing(admin: Client) -> None:
    assert admin.post("/services/tokens/99/revoke/").status_code == 404
    assert admin.post("/services/no-such/production/tokens/", {"label": ""}).status_code == 404


@pytest.mark.parametrize("address", ["/services/download/production/tokens/", "/services/tokens/1/revoke/"])
def test_changes_are_never_made_by_get(admin: Client, address: str) -> None:
    make.service("download")
    assert admin.get(address).status_code == 405


def test_the_number_of_queries_is_fixed(viewer: Client) -> None:
    make.process(make.service("download"))
    with counted() as few:
        viewer.get("/services/"), viewer.get("/services/download/production/")
    for number in range(20):
        make.process(make.service(f"more-{number}"))
        make.process(make.service("download"))
    with counted() as many:
        viewer.get("/services/"), viewer.get("/services/download/production/")
    assert few == many
    assert few[0] <= 25
