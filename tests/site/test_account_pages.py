"""Sign-in, sign-out, password and one-time link, as a browser sends them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recovery.actions import people
from recovery.actions.actor import machine
from recovery.permissions import Role
from tests.security.people import client_of, person

pytestmark = pytest.mark.django_db
HERE = {"HTTP_HOST": "localhost"}
GOOD = "nine loud rivers 52"


def link() -> str:
    return f"/account/link/{people.make_link(actor=machine('recovery up', 'command'))}/"


def test_the_link_makes_an_admin_who_is_signed_in(client: Client) -> None:
    answer = client.post(link(), {"username": "ana", "password": GOOD, "again": GOOD}, **HERE)
    assert answer["Location"] == "/"
    assert client.get("/account/", **HERE).context["role"] == Role.ADMIN


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"username": "ana", "password": GOOD, "again": "other"}, "differ"),
        ({"username": "ana", "password": "short", "again": "short"}, "at least 10"),
        ({"username": "ana", "password": "12345678901", "again": "12345678901"}, "numeric"),
        ({"username": "<b>", "password": GOOD, "again": GOOD}, "valid username"),
        ({"username": "", "password": GOOD, "again": GOOD}, "required"),
        ({"username": "rivers-nine", "password": "rivers-nine", "again": "rivers-nine"}, "too similar"),
    ],
)
def test_the_link_says_what_is_wrong_and_makes_nobody(client: Client, sent: dict[str, str], said: str) -> None:
    answer = client.post(link(), sent, **HERE)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not User.objects.exists()


def test_a_taken_name_is_told_with_the_way_out(client: Client) -> None:
    person("ana", Role.VIEWER)
    answer = client.post(link(), {"username": "ana", "password": GOOD, "again": GOOD}, **HERE)
    assert "admin link --for NAME" in answer.content.decode()


def test_a_link_that_is_over_is_gone(client: Client) -> None:
    answer = client.get("/account/link/nonsense/", **HERE)
    assert answer.status_code == 410
    assert "no-store" in answer["Cache-Control"]


def test_a_new_password_keeps_this_session_and_ends_the_others() -> None:
    here = client_of(Role.VIEWER)
    there = Client()
    there.force_login(User.objects.get())
    sent = {"present": "seven quiet bridges 41", "password": GOOD, "again": GOOD}
    assert here.post("/account/password/", sent, **HERE)["Location"] == "/account/"
    assert here.get("/account/", **HERE).status_code == 200
    assert there.get("/account/", **HERE).status_code == 302


def test_the_present_password_must_be_right() -> None:
    answer = client_of(Role.VIEWER).post(
        "/account/password/", {"present": "x", "password": GOOD, "again": GOOD}, **HERE
    )
    assert "not your present password" in answer.content.decode()


def test_sign_out_needs_a_post() -> None:
    client = client_of(Role.VIEWER)
    assert client.get("/account/sign-out/", **HERE).status_code == 405
    assert client.post("/account/sign-out/", **HERE)["Location"] == "/account/sign-in/"
    assert client.get("/account/", **HERE).status_code == 302


def test_a_page_costs_few_queries(django_assert_max_num_queries: object) -> None:
    client = client_of(Role.VIEWER)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        client.get("/account/", **HERE)
