"""Every page is closed by default: each route is tried by everybody, with every method."""

from __future__ import annotations

import pytest
from django.test import Client

from recovery.permissions import SAFE_METHODS, allows, is_open, needed
from tests.security.people import EVERYBODY, client_of, role_of
from tests.security.routes import OPEN, WITHOUT_CSRF, Route, routes

ROUTES = routes()
CLOSED = [route for route in ROUTES if route.name not in OPEN]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
HERE = {"HTTP_HOST": "localhost"}

pytestmark = pytest.mark.django_db


def test_every_route_has_a_name() -> None:
    assert [route.address for route in ROUTES if not route.name] == []


def test_only_the_listed_views_are_open() -> None:
    assert {route.name for route in ROUTES if is_open(route.view)} <= set(OPEN)


@pytest.mark.parametrize("route", CLOSED, ids=str)
def test_whoever_is_not_signed_in_is_sent_to_the_sign_in(route: Route, client: Client) -> None:
    answer = client.get(route.address, **HERE)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/sign-in/?next=/")


@pytest.mark.parametrize("route", CLOSED, ids=str)
def test_fragments_and_changes_are_refused_in_words(route: Route, client: Client) -> None:
    for answer in (
        client.post(route.address, **HERE),
        client.get(route.address, headers={"HX-Request": "true"}, **HERE),
    ):
        assert answer.status_code == 401
        assert answer["HX-Redirect"] == "/account/sign-in/"


@pytest.mark.parametrize("who", EVERYBODY[1:])
def test_a_role_opens_exactly_what_the_table_says(who: str) -> None:
    client, role = client_of(who), role_of(who)
    client.raise_request_exception = False
    wrong = []
    for route in CLOSED:
        for method in METHODS:
            act = needed(route.view, method)
            allowed = act is not None and allows(role, act)
            status = client.generic(method, route.address, **HERE).status_code
            if (status == 403) is allowed:
                wrong.append((str(route), method, status))
    assert wrong == []


@pytest.mark.parametrize("route", [route for route in ROUTES if route.name not in WITHOUT_CSRF], ids=str)
def test_a_change_without_a_token_of_ours_is_refused(route: Route) -> None:
    client = client_of("admin", csrf=True)
    assert client.post(route.address, **HERE).status_code in {403, 405}


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_other_methods_never_succeed(route: Route) -> None:
    client = client_of("admin")
    statuses = {
        method: client.generic(method, route.address, **HERE).status_code
        for method in ("PUT", "PATCH", "DELETE", "TRACE")
    }
    assert {method: status for method, status in statuses.items() if status not in {401, 403, 404, 405}} == {}


@pytest.mark.parametrize("who", ["anonymous", "admin"])
def test_every_answer_carries_the_policy(who: str) -> None:
    client = client_of(who)
    client.raise_request_exception = False
    bare = [
        str(route)
        for route in ROUTES
        if "unsafe" in (policy := _policy(client, route)) or "default-src 'none'" not in policy
    ]
    assert bare == []


def _policy(client: Client, route: Route) -> str:
    return client.get(route.address, **HERE).headers.get("Content-Security-Policy", "")


def test_unmarked_views_can_be_read_by_members_and_changed_by_nobody() -> None:
    def view() -> None: ...

    assert all(allows(role_of(who), needed(view, "GET")) for who in EVERYBODY[2:])
    assert {needed(view, method) for method in METHODS if method not in SAFE_METHODS} == {None}
