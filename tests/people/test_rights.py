"""Role and grants: changed on a base, never raised by oneself, and one active admin is always left."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from recovery.actions import rights
from recovery.actions.actor import Actor
from recovery.actions.problems import ActionProblem, Conflict, Invalid, NotAllowed, Unchanged
from recovery.models import AuditEntry, Membership
from recovery.permissions import Role
from tests import factories as make
from tests.people.people import acting, limited, rights_of


def test_a_change_holds_and_is_written_down_with_both_sides() -> None:
    ours, theirs = make.service("ours"), make.service("theirs", "staging")
    whom = limited(ours)
    rights.change_rights(whom.pk, "operator", False, [ours.pk, theirs.pk], base=1, actor=acting(name="ana"))
    assert rights_of(whom) == ("operator", False, ["ours", "theirs"])
    entry = AuditEntry.objects.get(act="change rights")
    assert (entry.actor, entry.target, entry.revision) == ("ana", whom.username, 2)
    assert entry.before == {"role": "operator", "acts on": ["ours · production"]}
    assert entry.after == {"role": "operator", "acts on": ["ours · production", "theirs · staging"]}


def test_a_stale_edit_is_a_conflict_with_both_sides_and_changes_nothing() -> None:
    boss, whom = acting(name="ana"), make.person("viewer")
    rights.change_rights(whom.pk, "operator", True, (), base=1, actor=boss)
    with pytest.raises(Conflict) as caught:
        rights.change_rights(whom.pk, "admin", True, (), base=1, actor=boss)
    assert (caught.value.actor, caught.value.revision) == ("ana", 2)
    assert caught.value.diff == {"role": ("operator", "admin")}
    assert rights_of(whom)[0] == "operator"


def test_a_change_of_nothing_says_so() -> None:
    whom = make.person("viewer")
    with pytest.raises(Unchanged):
        rights.change_rights(whom.pk, "viewer", True, (), base=1, actor=acting())
    assert not AuditEntry.objects.exists()


def test_who_has_no_role_gets_one() -> None:
    whom = make.person(None)
    rights.change_rights(whom.pk, "viewer", True, (), base=0, actor=acting())
    assert rights_of(whom)[0] == "viewer"
    assert AuditEntry.objects.get().before is None


@pytest.mark.parametrize(
    "how", [("emperor", True, ()), ("admin", False, ()), ("operator", False, [99])], ids=["role", "where", "service"]
)
def test_what_is_wrong_changes_nothing(how: Any) -> None:
    whom = make.person("viewer")
    with pytest.raises(Invalid):
        rights.change_rights(whom.pk, *how, base=1, actor=acting())
    assert rights_of(whom)[0] == "viewer"


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_nobody_raises_their_own_role(role: str) -> None:
    somebody = acting(role)
    with pytest.raises(NotAllowed):
        rights.change_rights(somebody.user.pk, "admin", True, (), base=1, actor=somebody)
    assert rights_of(somebody.user)[0] == role
    assert AuditEntry.objects.get(refused=True).actor == somebody.name


def test_not_even_if_the_table_were_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    from recovery import permissions

    monkeypatch.setitem(permissions.LEAST, permissions.Act.MANAGE_PEOPLE, Role.OPERATOR)
    somebody = acting("operator")
    with pytest.raises(NotAllowed, match="raise your own role"):
        rights.change_rights(somebody.user.pk, "admin", True, (), base=1, actor=somebody)
    assert rights_of(somebody.user)[0] == "operator"
    assert AuditEntry.objects.get().refused


def test_an_admin_may_step_down_while_another_is_there() -> None:
    boss, _other = acting(), acting()
    rights.change_rights(boss.user.pk, "viewer", True, (), base=1, actor=boss)
    assert rights_of(boss.user)[0] == "viewer"


AWAY = {
    "demote": lambda user, actor: rights.change_rights(user.pk, "operator", True, (), base=1, actor=actor),
    "deactivate": lambda user, actor: rights.deactivate(user.pk, actor=actor),
}


@pytest.mark.parametrize("how", AWAY)
def test_the_last_active_admin_stays(how: str) -> None:
    boss = acting(name="ana")
    asleep = make.person("admin")
    asleep.is_active = False
    asleep.save()
    with pytest.raises(rights.LastAdmin, match="ana is the last active admin"):
        AWAY[how](boss.user, boss)
    assert User.objects.get(pk=boss.user.pk).is_active
    assert rights_of(boss.user)[0] == "admin"


@pytest.mark.parametrize("how", AWAY)
@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_take_each_other_away_at_once_one_stays(how: str) -> None:
    pair = [acting(name=name) for name in ("ana", "ben")]
    start, refused = Barrier(2), list[str]()

    def go(actor: Actor, victim: Actor) -> None:
        try:
            start.wait(timeout=30)
            AWAY[how](victim.user, actor)
        except (ActionProblem, NotAllowed) as problem:
            refused.append(type(problem).__name__)
        finally:
            connection.close()

    threads = [Thread(target=go, args=(pair[at], pair[1 - at])) for at in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(refused) == 1
    assert Membership.objects.filter(role=Role.ADMIN, user__is_active=True).count() == 1


def test_out_and_in_again_is_written_down_once_each() -> None:
    boss, whom = acting(), make.person("operator")
    rights.deactivate(whom.pk, actor=boss)
    with pytest.raises(Unchanged):
        rights.deactivate(whom.pk, actor=boss)
    rights.activate(whom.pk, actor=boss)
    with pytest.raises(Unchanged):
        rights.activate(whom.pk, actor=boss)
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == [
        "deactivate person",
        "activate person",
    ]
    assert rights_of(whom) == ("operator", True, [])


@pytest.mark.parametrize("act", [rights.deactivate, rights.activate])
def test_nobody_of_that_key_is_told(act: Any) -> None:
    with pytest.raises(rights.UnknownPerson):
        act(99, actor=acting())
