"""Invitations: what a link gives, to whom, how often, and what ends it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User

from recovery.actions import people, rights
from recovery.actions.actor import machine
from recovery.actions.problems import Invalid, NotAllowed
from recovery.models import AuditEntry, Membership, OneTimeLink
from tests import factories as make
from tests.people.people import PASSWORD, acting, rights_of


def use(secret: str, name: str = "olga") -> User:
    return people.use_link(secret, username=name, password=PASSWORD)


def test_it_gives_the_role_and_the_grants_that_were_chosen() -> None:
    ours, _theirs = make.service("ours"), make.service("theirs")
    secret = people.invite("operator", False, [ours.pk], note="Olga of the night shift", actor=acting())
    assert rights_of(use(secret)) == ("operator", False, ["ours"])


def test_it_works_once_and_for_one() -> None:
    secret = people.invite("viewer", True, note="Vera", actor=acting())
    use(secret)
    with pytest.raises(people.LinkOver):
        use(secret, "ben")


def test_the_longest_name_has_room_in_the_audit() -> None:
    name = "x" * 150
    user = use(people.invite("viewer", True, note="Vera", actor=acting()), name)
    assert user.get_username() == name
    assert AuditEntry.objects.filter(user=user).get().actor == name[:100]


def test_using_one_leaves_other_peoples_invitations_alone() -> None:
    boss = acting()
    first, second = (people.invite("viewer", True, note=name, actor=boss) for name in ("Vera", "Olga"))
    use(first, "vera")
    assert use(second, "olga").membership.role == "viewer"


def test_the_audit_has_who_what_and_whom_for_and_never_the_secret() -> None:
    ours = make.service("ours")
    secret = people.invite("operator", False, [ours.pk], note="Olga", actor=acting(name="ana"))
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.act, entry.origin) == ("ana", "make one-time link", "page 10.0.0.1")
    assert entry.after == {"role": "operator", "acts on": ["ours · production"], "for": "Olga"}
    assert secret not in str(AuditEntry.objects.values())
    assert secret not in str(OneTimeLink.objects.values())


@pytest.mark.parametrize(
    ("field", "how"),
    [
        ("role", {"role": "emperor"}),
        ("everywhere", {"role": "admin", "everywhere": False}),
        ("services", {"everywhere": False, "services": [99]}),
        ("services", {"everywhere": False, "services": range(501)}),
        ("note", {"note": " "}),
        ("note", {"note": "x" * 101}),
        ("note", {"note": "two\nlines"}),
    ],
)
def test_what_is_wrong_is_named_and_no_link_is_made(field: str, how: dict[str, Any]) -> None:
    wanted = {"role": "operator", "everywhere": True, "services": (), "note": "Olga", "actor": acting()} | how
    with pytest.raises(Invalid) as caught:
        people.invite(**wanted)
    assert field in caught.value.problems
    assert not OneTimeLink.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "operator", None])
def test_only_admins_invite_withdraw_and_renew(role: str | None) -> None:
    somebody = acting() if role is None else acting(role)
    if role is None:
        Membership.objects.all().delete()
        somebody = type(somebody)(somebody.name, user=User.objects.get())
    whom = make.person("viewer")
    secret = people.make_link(actor=machine("recovery admin", "command"))
    for act in (
        lambda: people.invite("viewer", True, note="a friend", actor=somebody),
        lambda: people.withdraw(OneTimeLink.objects.get().pk, actor=somebody),
        lambda: people.new_password_link(whom, actor=somebody),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert people.open_link(secret)
    assert OneTimeLink.objects.count() == 1
    assert AuditEntry.objects.filter(refused=True, actor=somebody.name).count() == 3


def test_a_withdrawn_link_opens_nothing() -> None:
    boss = acting()
    secret = people.invite("viewer", True, note="Vera", actor=boss)
    people.withdraw(OneTimeLink.objects.get().pk, actor=boss)
    with pytest.raises(people.LinkOver):
        people.open_link(secret)
    with pytest.raises(people.UnknownLink):
        people.withdraw(1, actor=boss)
    assert AuditEntry.objects.filter(act="withdraw one-time link", before__for="Vera").exists()


def test_a_new_password_leaves_role_and_grants_as_they_are_when_it_is_used() -> None:
    boss, whom = acting(), make.person("operator")
    secret = people.new_password_link(whom, actor=boss)
    rights.change_rights(whom.pk, "viewer", True, (), base=1, actor=boss)
    user = use(secret, "ignored")
    assert user.check_password(PASSWORD)
    assert rights_of(user) == ("viewer", True, [])


def test_a_new_password_brings_nobody_back_who_is_deactivated() -> None:
    boss, whom = acting(), make.person("operator")
    secret = people.new_password_link(whom, actor=boss)
    rights.deactivate(whom.pk, actor=boss)
    with pytest.raises(people.LinkOver):
        use(secret)
    with pytest.raises(Invalid, match="activate them first"):
        people.new_password_link(User.objects.get(pk=whom.pk), actor=boss)


def test_what_an_admin_left_behind_ends_with_the_admin() -> None:
    boss, leaving = acting(), acting(name="leaving")
    back_door = people.invite("admin", True, note="myself, later", actor=leaving)
    rescue = people.make_link(actor=machine("recovery admin", "command"), user=leaving.user)
    rights.change_rights(leaving.user.pk, "viewer", True, (), base=1, actor=boss)
    for secret in (back_door, rescue):
        with pytest.raises(people.LinkOver):
            people.open_link(secret)


def test_a_taken_name_leaves_the_invitation() -> None:
    make.person("viewer", "olga")
    secret = people.invite("viewer", True, note="Olga", actor=acting())
    with pytest.raises(people.NameTaken):
        use(secret, "Olga")
    assert use(secret, "olga2").membership.role == "viewer"


@pytest.mark.parametrize("name", ["AutoRecovery", "recovery", "RECOVERY"])
def test_nobody_passes_for_the_machine(name: str) -> None:
    secret = people.invite("viewer", True, note="Vera", actor=acting())
    with pytest.raises(people.NameTaken):
        use(secret, name)


def test_links_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MOST_OPEN", 2)
    boss = acting()
    for name in ("a", "b"):
        people.invite("viewer", True, note=name, actor=boss)
    with pytest.raises(Invalid, match="withdraw some"):
        people.invite("viewer", True, note="c", actor=boss)
