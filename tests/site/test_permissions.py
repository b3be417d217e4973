"""The one table of who may do what."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, User

from recovery.models import Membership
from recovery.permissions import LEAST, Act, Role, allows, may, needed, needs, role_of


def test_every_act_stands_in_the_table() -> None:
    assert set(LEAST) == set(Act)


def test_a_higher_role_may_all_that_a_lower_one_may() -> None:
    for act in Act:
        assert [allows(role, act) for role in Role] == sorted(allows(role, act) for role in Role)
        assert allows(Role.ADMIN, act)
        assert not allows(None, act)


@pytest.mark.django_db
def test_a_role_comes_from_the_membership_of_an_active_person() -> None:
    user = User.objects.create_user("ana")
    assert role_of(user) is None
    Membership.objects.create(user=user, role=Role.OPERATOR)
    user = User.objects.get(pk=user.pk)
    assert role_of(user) is Role.OPERATOR
    assert may(user, Act.STEER_BREAKERS)
    assert not may(user, Act.MANAGE_PEOPLE)
    user.is_active = False
    assert role_of(user) is None
    assert role_of(AnonymousUser()) is None


def test_a_mark_tells_reading_from_writing() -> None:
    @needs(Act.MANAGE_TOKENS, read=Act.SEE)
    def view() -> None: ...

    assert needed(view, "GET") is Act.SEE
    assert needed(view, "POST") is Act.MANAGE_TOKENS
