"""A change and its entry are one: where the transaction fails after both were written, neither is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recovery import moment
from recovery.actions import holds, people, rights
from recovery.models import AuditEntry
from recovery.permissions import Role
from tests.security.people import person
from tests.security.test_changes import sent
from tests.security.world import BOSS, FORMS, NAME, World, build, state

ASKED = " several"  # says what was asked of many; each of them is a transaction of its own, with its own entry


class Broken(Exception):
    """The transaction fails."""


@pytest.fixture
def breaks(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From now on everything fails right after an entry was written."""
    save = AuditEntry.save

    def written(self: AuditEntry, *args: Any, **kwargs: Any) -> None:
        save(self, *args, **kwargs)
        assert AuditEntry.objects.filter(pk=self.pk).exists()
        if not self.act.endswith(ASKED):
            raise Broken

    return lambda: monkeypatch.setattr(AuditEntry, "save", written)


@pytest.fixture
def world() -> World:
    """All that there is."""
    return build()


def fails_whole(act: Callable[[], object], breaks: Callable[[], None]) -> None:
    """It fails, and leaves nothing."""
    before, entries = state(), AuditEntry.objects.exclude(act__endswith=ASKED).count()
    breaks()
    with pytest.raises(Broken):
        act()
    assert state() == before
    assert AuditEntry.objects.exclude(act__endswith=ASKED).count() == entries


@pytest.mark.parametrize("name", FORMS)
def test_what_the_pages_change(name: str, world: World, breaks: Callable[[], None]) -> None:
    client, form = Client(), FORMS[name](world)
    client.force_login(person("an admin", Role.ADMIN))
    fails_whole(lambda: sent(client, form), breaks)


def _use_link(world: World) -> Callable[[], object]:
    secret = people.make_link(actor=BOSS)
    return lambda: people.use_link(secret, username="olga", password="seven quiet bridges 41")


def _end_due(world: World) -> Callable[[], object]:
    from datetime import timedelta

    holds.trip(world.service, NAME, actor=BOSS, reason="why", seconds=20)
    return lambda: holds.end_due(moment.now() + timedelta(minutes=1))


def _rescue(world: World) -> Callable[[], object]:
    secret = people.make_link(actor=BOSS, user=world.victim)
    return lambda: people.use_link(secret, username="", password="seven quiet bridges 41")


OTHERS: dict[str, Callable[[World], Callable[[], object]]] = {
    "use a link": _use_link,
    "a new password by link": _rescue,
    "make a link": lambda _: lambda: people.make_link(actor=BOSS),
    "change a password": lambda world: lambda: people.change_password(world.victim, "nine loud rivers", actor=BOSS),
    "an end that was reached": _end_due,
    "rights by command": lambda world: (
        lambda: rights.change_rights(world.victim.pk, "operator", True, (), base=1, actor=BOSS)
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_else_is_changed(name: str, world: World, breaks: Callable[[], None]) -> None:
    fails_whole(OTHERS[name](world), breaks)


def test_a_refusal_stays_though_the_act_did_not_happen(world: World) -> None:
    client, form = Client(), FORMS["hold"](world)
    client.force_login(User.objects.get(pk=world.victim.pk))
    before = state()
    assert sent(client, form).status_code == 403
    assert state() == before
    assert AuditEntry.objects.filter(refused=True).count() == 1
