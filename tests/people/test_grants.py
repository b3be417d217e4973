"""Grants: an act on a service takes the role, and, where a membership is not for every service, its grant."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from recovery.actions import commands, holds
from recovery.actions.actor import Actor
from recovery.actions.problems import NotAllowed
from recovery.models import AuditEntry, Command, Hold, Membership
from recovery.permissions import ON_SERVICE, Act, Role, granted, may
from tests import factories as make
from tests.people.people import limited


@pytest.mark.parametrize("act", sorted(ON_SERVICE))
def test_an_act_on_a_service_takes_its_grant(act: Act) -> None:
    ours, theirs = make.service("ours"), make.service("theirs")
    user = limited(ours)
    assert may(user, act, ours)
    assert not may(user, act, theirs)
    assert not may(user, act), "who names no service means all of them"


def test_staging_is_another_service_than_production() -> None:
    user = limited(make.service("ours", "staging"))
    assert not may(user, Act.STEER_BREAKERS, make.service("ours"))


def test_a_grant_never_gives_more_than_the_role() -> None:
    service = make.service()
    viewer = limited(service, role=Role.VIEWER)
    assert not may(viewer, Act.STEER_BREAKERS, service)
    operator = limited(service)
    assert not any(may(operator, act, service) for act in (Act.MANAGE_PEOPLE, Act.MANAGE_TOKENS, Act.CHANGE_SETTINGS))


def test_seeing_takes_no_grant() -> None:
    assert may(limited(), Act.SEE)
    assert may(limited(), Act.SEE, make.service())


def test_everywhere_means_services_to_come_as_well() -> None:
    user = make.person("operator")
    assert may(user, Act.STEER_BREAKERS, make.service("born later"))
    assert granted(user) is None


def test_an_admin_acts_everywhere_whatever_is_written() -> None:
    user = make.person(None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role=Role.ADMIN, everywhere=False)


def test_grants_are_read_once_for_a_request(django_assert_num_queries: Any) -> None:
    services = [make.service(f"service-{number}") for number in range(20)]
    user = limited(*services[:10])
    assert user.membership.role == Role.OPERATOR
    with django_assert_num_queries(1):
        assert [may(user, Act.STEER_BREAKERS, each) for each in services] == [True] * 10 + [False] * 10


def test_a_deactivated_person_is_granted_nothing() -> None:
    user = limited(make.service())
    user.is_active = False
    assert granted(user) == frozenset()


@pytest.mark.parametrize("act", [holds.trip, commands.reset])
def test_outside_the_grant_an_act_is_refused_written_down_and_changes_nothing(act: Any) -> None:
    ours, theirs = make.service("ours"), make.service("theirs")
    make.breaker(ours, "bank")
    make.breaker(theirs, "bank")
    actor = Actor("olga", user=limited(ours))
    act(ours, "bank", actor=actor, reason="why")
    with pytest.raises(NotAllowed, match="theirs"):
        act(theirs, "bank", actor=actor, reason="why")
    entry = AuditEntry.objects.get(refused=True)
    assert (entry.actor, entry.service, entry.target) == ("olga", theirs, "bank")
    assert not Hold.objects.filter(service=theirs).exists()
    assert not Command.objects.filter(service=theirs).exists()


def test_a_page_answers_with_403_and_names_what_was_not_granted(client: Any) -> None:
    from recovery.models import Check

    theirs = make.service("theirs")
    check = Check.objects.create(
        service=theirs, name="upstream", target="https://example.org", created_at=make.ago(), next_run_at=make.ago()
    )
    client.force_login(limited(make.service("ours")))
    answer = client.post(f"/health/{check.pk}/switch/", {"on": "no"})
    assert answer.status_code == 403
    assert "theirs · production" in answer.content.decode()
    check.refresh_from_db()
    assert check.enabled


def test_everything_is_seen_by_whom_nothing_is_granted(client: Any) -> None:
    service = make.service("theirs")
    make.breaker(service, "bank")
    client.force_login(limited())
    pages = ("/", "/breakers/theirs/production/bank", "/errors/", "/policies/", "/health/", "/services/", "/audit/")
    more = ("/services/theirs/production/", "/policies/theirs/production/breaker/bank", "/settings/", "/account/")
    assert {page: client.get(page).status_code for page in (*pages, *more)} == dict.fromkeys((*pages, *more), 200)
