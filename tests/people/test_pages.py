"""The people's pages, as a browser sends them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recovery.actions import people
from recovery.models import Membership, OneTimeLink
from tests import factories as make
from tests.people.people import PASSWORD, acting, limited, rights_of

LINK = re.compile(r'id="link">http://testserver(/account/link/[\w-]+/)<')
INVITATION = {"note": "Olga", "role": "operator", "everywhere": "yes"}


@pytest.fixture
def admin() -> Client:
    """Ana, an admin."""
    client = Client()
    client.force_login(make.person("admin", "ana"))
    return client


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_list_tells_who_may_what_where(admin: Client) -> None:
    limited(make.service("ours"), name="olga")
    away = make.person("viewer", "vera")
    away.is_active = False
    away.save()
    make.person(None, "nora")
    page = text(admin.get("/people/"))
    for words in ("ana", "(you)", "ours · production", "every service", "<b>deactivated</b>", "no role", "never"):
        assert words in page
    assert "olga" not in text(admin.get("/people/?q=ver")).split("<main", 1)[1]


def test_an_invitation_is_told_once_listed_and_withdrawn(admin: Client) -> None:
    answer = admin.post("/people/invite/", INVITATION)
    found = LINK.search(text(answer))
    assert answer.status_code == 201
    assert found is not None
    assert "no-store" in answer["Cache-Control"]
    assert 'data-role="admin"' in text(answer)
    page = text(admin.get("/people/"))
    assert "Olga" in page
    assert found[1] not in page, "it is told once"
    key = OneTimeLink.objects.get().pk
    assert "works no more" in text(admin.post(f"/people/links/{key}/withdraw/", follow=True))
    assert Client().get(found[1]).status_code == 410
    assert admin.post(f"/people/links/{key}/withdraw/").status_code == 404


def test_who_opens_the_link_comes_in_with_what_was_given(admin: Client) -> None:
    service = make.service("ours")
    sent = {**INVITATION, "everywhere": "no", "services": [service.pk]}
    found = LINK.search(text(admin.post("/people/invite/", sent)))
    assert found is not None
    guest = Client()
    assert "operator" in text(guest.get(found[1]))
    guest.post(found[1], {"username": "olga", "password": PASSWORD, "again": PASSWORD})
    assert rights_of(User.objects.get(username="olga")) == ("operator", False, ["ours"])
    assert guest.get("/settings/").status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"note": ""}, {"role": "emperor"}, {"everywhere": "maybe"}, {"everywhere": "no", "services": [99]}]
)
def test_a_bad_invitation_makes_no_link_and_says_why(admin: Client, wrong: dict[str, Any]) -> None:
    answer = admin.post("/people/invite/", INVITATION | wrong)
    assert answer.status_code == 200
    assert 'class="problem"' in text(answer)
    assert not OneTimeLink.objects.exists()


def test_rights_are_changed_by_the_form_that_was_loaded(admin: Client) -> None:
    olga = limited(make.service("ours"), name="olga")
    form = text(admin.get(f"/people/{olga.pk}/"))
    assert 'name="base" value="1"' in form
    sent = {"role": "viewer", "everywhere": "yes", "base": 1}
    assert "is changed, at once" in text(admin.post(f"/people/{olga.pk}/", sent, follow=True))
    assert rights_of(olga) == ("viewer", True, [])


def test_an_admin_is_given_every_service_whatever_else_the_form_says(admin: Client) -> None:
    olga = limited(make.service("ours"), name="olga")
    admin.post(f"/people/{olga.pk}/", {"role": "admin", "everywhere": "no", "base": 1})
    assert rights_of(olga) == ("admin", True, [])


@pytest.mark.parametrize("base", ["1", "", "-5", "x"])
def test_a_stale_or_missing_base_is_refused_and_shows_both_sides(admin: Client, base: str) -> None:
    olga = make.person("viewer", "olga")
    Membership.objects.filter(user=olga).update(role="operator", revision=2)
    answer = admin.post(f"/people/{olga.pk}/", {"role": "admin", "everywhere": "yes", "base": base})
    assert answer.status_code in {409, 200}
    assert rights_of(olga)[0] == "operator"
    if base == "1":
        assert answer.status_code == 409
        assert "Nothing was saved" in text(answer)
        assert "operator ≠ admin" in text(answer)


def test_the_last_admin_is_told_so(admin: Client) -> None:
    ana = User.objects.get(username="ana")
    answer = admin.post(f"/people/{ana.pk}/", {"role": "viewer", "everywhere": "yes", "base": 1})
    assert answer.status_code == 409
    assert "ana is the last active admin" in text(answer)
    assert "Nothing was changed" in text(admin.post(f"/people/{ana.pk}/deactivate/", follow=True))
    assert User.objects.get(username="ana").is_active


def test_out_and_in_again(admin: Client) -> None:
    olga = make.person("operator", "olga")
    assert "is out" in text(admin.post(f"/people/{olga.pk}/deactivate/", follow=True))
    assert not User.objects.get(pk=olga.pk).is_active
    assert "already" in text(admin.post(f"/people/{olga.pk}/deactivate/", follow=True))
    assert "may sign in again" in text(admin.post(f"/people/{olga.pk}/activate/", follow=True))
    assert User.objects.get(pk=olga.pk).is_active


def test_a_link_for_a_new_password(admin: Client) -> None:
    olga = make.person("operator", "olga")
    answer = admin.post(f"/people/{olga.pk}/password/")
    found = LINK.search(text(answer))
    assert answer.status_code == 201
    assert found is not None
    guest = Client()
    assert "A new password for olga" in text(guest.get(found[1]))
    guest.post(found[1], {"password": PASSWORD, "again": PASSWORD})
    assert User.objects.get(pk=olga.pk).check_password(PASSWORD)
    assert rights_of(olga)[0] == "operator"


@pytest.mark.parametrize("act", ["", "deactivate/", "activate/", "password/"])
def test_unknown_people_are_not_found(admin: Client, act: str) -> None:
    for key in (99, 10**19):
        assert admin.post(f"/people/{key}/{act}").status_code == 404


@pytest.mark.parametrize("act", ["deactivate/", "activate/", "password/"])
def test_nothing_is_changed_by_get(admin: Client, act: str) -> None:
    olga = make.person("operator", "olga")
    assert admin.get(f"/people/{olga.pk}/{act}").status_code == 405
    assert admin.get("/people/links/1/withdraw/").status_code == 405


def test_names_and_notes_are_escaped(admin: Client) -> None:
    actor = acting()
    people.invite("viewer", True, note="<script>alert(1)</script>", actor=actor)
    assert "<script>alert" not in text(admin.get("/people/"))


def test_the_number_of_queries_is_fixed(admin: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            admin.get("/people/")
        return len(caught)

    actor = acting()
    people.invite("viewer", True, note="first", actor=actor)
    limited(make.service("first"))
    few = queries()
    for number in range(20):
        service = make.service(f"more-{number}")
        limited(service)
        people.invite("operator", False, [service.pk], note=f"more {number}", actor=actor)
    assert queries() == few
    assert few <= 3 + 5 + 1


def test_an_unhurried_list_is_cut_and_says_so(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from recovery.queries.people import listed

    monkeypatch.setattr(listed, "MOST", 3)
    for number in range(5):
        make.person("viewer", f"vera-{number}")
    assert "3 of 6 are shown" in text(admin.get("/people/"))


def test_a_page_says_what_is_granted_to_whom_acts_not_everywhere() -> None:
    ours, theirs = make.service("ours"), make.service("theirs")
    rows = {service: make.breaker(service, "bank") for service in (ours, theirs)}
    client = Client()
    client.force_login(limited(ours))
    page = text(client.get("/"))
    assert f'data-granted="{ours.pk}"' in page
    client.force_login(make.person("operator"))
    assert "data-granted" not in text(client.get("/"))
    for service, row in rows.items():
        assert f'data-of="{service.pk}"' in text(client.get(f"/breakers/{service.name}/production/{row.name}"))
