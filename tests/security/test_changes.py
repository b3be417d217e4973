"""Every view that changes something is tried with a form that it would take, by everybody who may not send it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recovery.models import AuditEntry, Membership
from recovery.permissions import LEAST, ON_SERVICE, Act, Role
from tests.security.people import person
from tests.security.routes import OPEN, Route, routes
from tests.security.world import FORMS, Form, World, build, state

HERE = {"HTTP_HOST": "localhost"}
OWN = {"password"}  # of one's own account: tests/site has it
CHANGING = [route for route in routes() if route.name not in OPEN and getattr(route.view, "needs_write", None)]
WALKED = [route for route in CHANGING if route.name not in OWN]
OF_SERVICES = [route for route in WALKED if route.view.needs_write in ON_SERVICE]

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """All that there is."""
    return build()


def client_of(user: Any, *, csrf: bool = False) -> Client:
    """A browser in which somebody is signed in."""
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(User.objects.get(pk=user.pk))
    return client


def limited(role: Role, *services: Any) -> Any:
    """Somebody who acts on these only."""
    user = person("limited")
    Membership.objects.create(user=user, role=role, everywhere=False).services.set(services)
    return user


def sent(client: Client, form: Form) -> Any:
    """What comes back."""
    return client.post(form.address, form.data, **HERE)


def refusals() -> int:
    return AuditEntry.objects.filter(refused=True).count()


def refused_everything(client: Client, form: Form, status: int = 403, *, told: bool = True) -> None:
    """It is refused, nothing is changed, and the audit has it."""
    before, entries, refused = state(), AuditEntry.objects.count(), refusals()
    assert sent(client, form).status_code == status
    assert state() == before
    assert AuditEntry.objects.count() - entries == refusals() - refused == int(told)


def test_every_view_that_changes_something_has_a_form_here() -> None:
    assert {route.name for route in WALKED} == set(FORMS)


@pytest.mark.parametrize("route", WALKED, ids=str)
def test_who_may_can(route: Route, world: World) -> None:
    least = LEAST[route.view.needs_write]
    user = limited(least, world.service) if route in OF_SERVICES else person("somebody", least)
    client, form = client_of(user), FORMS[route.name](world)
    before, entries = state(), AuditEntry.objects.filter(refused=False).count()
    answer = sent(client, form)
    assert answer.status_code < 400, answer.content.decode()[:2000]
    assert state() != before
    assert AuditEntry.objects.filter(refused=False).count() > entries
    assert refusals() == 0


@pytest.mark.parametrize("route", WALKED, ids=str)
def test_who_may_less_cannot(route: Route, world: World) -> None:
    least, form = LEAST[route.view.needs_write], FORMS[route.name](world)
    for role in list(Role)[: list(Role).index(least)]:
        refused_everything(client_of(person(f"a {role}", role)), form)
    refused_everything(client_of(person("a stranger")), form)


@pytest.mark.parametrize("route", OF_SERVICES, ids=str)
def test_who_may_elsewhere_cannot_here(route: Route, world: World) -> None:
    form = FORMS[route.name](world)
    refused_everything(client_of(limited(Role.OPERATOR, world.other)), form)


@pytest.mark.parametrize("route", OF_SERVICES, ids=str)
def test_who_is_granted_nothing_cannot_anywhere(route: Route, world: World) -> None:
    refused_everything(client_of(limited(Role.OPERATOR)), FORMS[route.name](world))


@pytest.mark.parametrize("route", WALKED, ids=str)
def test_who_is_out_cannot(route: Route, world: World) -> None:
    form = FORMS[route.name](world)
    refused_everything(Client(), form, 401, told=False)
    gone = person("gone", Role.ADMIN)
    client = client_of(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    refused_everything(client, form, 401, told=False)


@pytest.mark.parametrize("route", WALKED, ids=str)
def test_a_form_from_elsewhere_cannot(route: Route, world: World) -> None:
    form = FORMS[route.name](world)
    refused_everything(client_of(person("an admin", Role.ADMIN), csrf=True), form)


@pytest.mark.parametrize("route", WALKED, ids=str)
def test_looking_changes_nothing(route: Route, world: World) -> None:
    form = FORMS[route.name](world)
    client = client_of(person("an admin", Role.ADMIN))
    before, entries = state(), AuditEntry.objects.filter(refused=False).count()
    for method in (client.get, client.head, client.options):
        assert method(form.address, form.data, **HERE).status_code in {200, 302, 405}
    for method in (client.put, client.patch, client.delete):
        assert method(form.address, **HERE).status_code in {403, 405}
    assert state() == before
    assert AuditEntry.objects.filter(refused=False).count() == entries


def test_the_table_names_what_takes_a_grant() -> None:
    assert {act for act in Act if LEAST[act] is Role.OPERATOR} == ON_SERVICE
