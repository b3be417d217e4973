"""What is refused says so, and leaves a trace."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from recovery.models import AuditEntry
from tests.security.people import client_of

pytestmark = pytest.mark.django_db
HERE = {"HTTP_HOST": "localhost"}


def test_an_attempt_to_change_something_is_in_the_audit() -> None:
    client_of("viewer").post("/account/", **HERE)
    entry = AuditEntry.objects.get(refused=True)
    assert (entry.actor, entry.target, entry.origin) == ("viewer", "/account/", "page 127.0.0.1")


def test_looking_without_a_role_is_refused_and_says_whom_to_ask() -> None:
    answer = client_of("stranger").get("/account/", **HERE)
    assert answer.status_code == 403
    assert "who has no role in this console" in answer.content.decode()
    assert AuditEntry.objects.count() == 0


def test_a_deactivated_person_is_out_at_once() -> None:
    client = client_of("admin")
    assert client.get("/account/", **HERE).status_code == 200
    user = client.get("/account/", **HERE).context["user"]
    user.is_active = False
    user.save()
    assert client.get("/account/", **HERE).status_code == 302


def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/account/sign-in/", HTTP_HOST="evil.example").status_code == 400


def test_next_leads_nowhere_else(client: Client) -> None:
    client_of("viewer")
    sent = {"username": "viewer", "password": "seven quiet bridges 41", "next": "https://evil.example/"}
    assert client.post("/account/sign-in/", sent, **HERE)["Location"] == "/"


def test_a_form_from_elsewhere_is_told_what_to_do() -> None:
    answer = client_of("admin", csrf=True).post("/account/sign-out/", **HERE)
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.content.decode()


@override_settings(DEBUG_PROPAGATE_EXCEPTIONS=False)
def test_a_failure_shows_its_request_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("admin")
    client.raise_request_exception = False
    monkeypatch.setattr("recovery.views.account.render", _fail)
    answer = client.get("/account/", headers={"X-Request-ID": "abcdef123456"}, **HERE)
    assert answer.status_code == 500
    assert "abcdef123456" in answer.content.decode()
    assert "secret of the database" not in answer.content.decode()


def _fail(*_: object) -> None:
    raise RuntimeError("secret of the database")
