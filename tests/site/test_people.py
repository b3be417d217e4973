"""One-time links and passwords."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from recovery import moment
from recovery.actions import people
from recovery.actions.actor import machine
from recovery.models import AuditEntry, Membership, OneTimeLink
from recovery.permissions import Role
from recovery.testing import FakeClock

pytestmark = pytest.mark.django_db
COMMAND = machine("recovery admin", "command")


def use(secret: str, name: str = "ana") -> User:
    return people.use_link(secret, username=name, password="seven quiet bridges 41")


def test_a_link_makes_an_admin_once() -> None:
    secret = people.make_link(actor=COMMAND)
    assert use(secret).membership.role == Role.ADMIN
    with pytest.raises(people.LinkOver):
        use(secret, "ben")
    assert User.objects.count() == 1


def test_only_a_hash_is_kept() -> None:
    secret = people.make_link(actor=COMMAND)
    assert secret not in str(OneTimeLink.objects.values())
    assert secret not in str(AuditEntry.objects.values())


def test_a_link_ends_after_a_day() -> None:
    clock = FakeClock()
    with moment.using(clock):
        secret = people.make_link(actor=COMMAND)
        clock.advance(timedelta(hours=24).total_seconds() + 1)
        with pytest.raises(people.LinkOver):
            people.open_link(secret)


def test_using_one_ends_the_others_that_make_a_new_person() -> None:
    printed, other = people.make_link(actor=COMMAND), people.make_link(actor=COMMAND)
    use(other)
    with pytest.raises(people.LinkOver):
        people.open_link(printed)


def test_a_link_for_somebody_gives_a_new_password_and_the_role_back() -> None:
    user = User.objects.create_user("ana", password="old", is_active=False)
    use(people.make_link(actor=COMMAND, user=user), "ignored")
    user.refresh_from_db()
    assert user.is_active
    assert user.check_password("seven quiet bridges 41")
    assert (user.username, user.membership.role) == ("ana", Role.ADMIN)


def test_a_taken_name_changes_nothing_and_leaves_the_link() -> None:
    User.objects.create_user("ana", password="old")
    secret = people.make_link(actor=COMMAND)
    with pytest.raises(people.NameTaken):
        use(secret, "ANA")
    assert User.objects.get().check_password("old")
    assert use(secret, "ben").username == "ben"


def test_each_step_is_in_the_audit() -> None:
    user = use(people.make_link(actor=COMMAND))
    people.change_password(user, "nine loud rivers 52", actor=COMMAND)
    assert list(AuditEntry.objects.order_by("id").values_list("actor", "act")) == [
        ("recovery admin", "make one-time link"),
        ("ana", "use one-time link"),
        ("recovery admin", "change password"),
    ]


def test_there_is_an_admin_only_while_one_is_active() -> None:
    assert not people.has_admin()
    user = use(people.make_link(actor=COMMAND))
    assert people.has_admin()
    user.is_active = False
    user.save()
    assert not people.has_admin()


def test_the_database_knows_the_roles() -> None:
    user = User.objects.create_user("ana")
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role="emperor")
