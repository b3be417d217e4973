"""The pages of a rollout: what they show, what they cost, and whom they refuse."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from recovery.models import AuditEntry, Breaker, Confirmation, Rollout, Service
from recovery.permissions import Role
from recovery.queries.breaker.config import config
from recovery.queries.rollouts.figures import read
from recovery.queries.rollouts.listed import running
from recovery.queries.rollouts.one import rollout as shown
from recovery.queries.rollouts.one import runs, told
from recovery.testing import FakeClock
from tests import factories
from tests.rollouts import house
from tests.rollouts.house import Traffic
from tests.rollouts.test_course import turn

PAGES = ("rollout", "go-on-with-rollout", "stop-rollout")


@pytest.fixture
def begun(service: Service) -> Rollout:
    """A rollout at its first stage."""
    made = house.begin(service)
    house.obey(service)
    return made


def client(role: Role | None) -> Client:
    """Somebody who is signed in."""
    made = Client()
    made.force_login(factories.person(role))
    return made


def post(role: Role | None, name: str, key: int, **said: Any) -> Any:
    return client(role).post(reverse(name, args=[key]), said)


def test_the_page_shows_stages_figures_and_who_runs_what(begun: Rollout, clock: FakeClock) -> None:
    turn(Traffic(begun.service, clock), 2)
    html = client(Role.VIEWER).get(reverse("rollout", args=[begun.pk])).content.decode()
    assert "Stage 1 of 3: one process." in html
    assert 'data-stage="present" aria-current="step"' in html
    assert "Needs 200 calls on both sides, has 20 and 100." in html
    assert html.count("chip label runs-new") == 1
    assert "1 new · 5 old · 6 linked" in html
    assert "try it" in html
    for key in ("rollout", "rollout-stages", "rollout-figures", "rollout-runs", "rollout-told"):
        part = client(Role.VIEWER).get(f"/fragments/{key}:{begun.pk}")
        assert part.status_code == 200
        assert part.content.decode().startswith("<")
        assert part.content.decode() in html


def test_a_refusal_is_named_where_it_counts(begun: Rollout) -> None:
    begun.service.processes.filter(uid="web-0").update(applied_revision=0)
    Confirmation.objects.filter(process__uid="web-0").update(applied=False, why="unknown field")
    found = runs(begun.pk)
    assert found is not None
    assert (found.rows[0].word, found.rows[0].why) == ("refused", "unknown field")
    html = client(Role.VIEWER).get(reverse("rollout", args=[begun.pk])).content.decode()
    assert "keeps its last good one: unknown field" in html


@pytest.mark.parametrize("processes", [2, 30])
def test_queries_do_not_grow(processes: int, begun: Rollout, clock: FakeClock, django_assert_num_queries: Any) -> None:
    for number in range(processes):
        house.arrive(begun.service, f"more-{number}")
    Traffic(begun.service, clock).slot()
    begun.refresh_from_db()
    breaker = Breaker.objects.get().pk
    with django_assert_num_queries(1):
        shown(begun.pk)
    with django_assert_num_queries(4):
        runs(begun.pk)
    with django_assert_num_queries(1):
        assert len(told(begun.pk)) == 1
    with django_assert_num_queries(5):
        read(begun, begun.stage_since)
    with django_assert_num_queries(1):
        assert len(running()) == 1
    with django_assert_num_queries(8):
        found = config(breaker)
    assert found is not None
    assert found.rollout is not None
    assert (found.rollout.stage, found.rollout.of) == (1, 3)


def test_the_list_of_policies_and_the_breaker_say_that_it_runs(begun: Rollout) -> None:
    viewer = client(Role.VIEWER)
    words = "Rollout: stage 1 of 3"
    assert "1 rollout runs" in viewer.get(reverse("policies")).content.decode()
    assert words in viewer.get(reverse("policy", args=["shop", "production", "breaker", "bank"])).content.decode()
    assert words in viewer.get(reverse("breaker", args=["shop", "production", "bank"])).content.decode()
    Rollout.objects.update(state="done", ended_at=begun.created_at)
    assert "rollout runs" not in viewer.get(reverse("policies")).content.decode()
    assert words not in viewer.get(reverse("breaker", args=["shop", "production", "bank"])).content.decode()


def test_a_stage_is_told_as_whom_it_meant(begun: Rollout) -> None:
    post(Role.OPERATOR, "go-on-with-rollout", begun.pk, stage="0")
    html = client(Role.VIEWER).get(reverse("breaker", args=["shop", "production", "bank"])).content.decode()
    assert "Policy r1 published</b> on one process" in html
    assert "Policy r2 published</b> on 10 % of the processes" in html
    entry = AuditEntry.objects.get(act="go on with rollout")
    told = client(Role.VIEWER).get(reverse("audit-entry", args=[entry.pk])).content.decode()
    assert "10 % of the processes" in told


def test_going_on_takes_the_stage_that_was_seen(begun: Rollout) -> None:
    page = client(Role.OPERATOR).get(reverse("go-on-with-rollout", args=[begun.pk])).content.decode()
    assert "Go on to 10 % of the processes" in page
    answer = post(Role.OPERATOR, "go-on-with-rollout", begun.pk, stage="0")
    assert (answer.status_code, answer.url) == (302, f"/rollouts/{begun.pk}/")
    begun.refresh_from_db()
    assert begun.stage == 1
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor.partition("-")[0]) == ("go on with rollout", "operator")
    answer = post(Role.ADMIN, "go-on-with-rollout", begun.pk, stage="0")
    assert answer.status_code == 409
    assert "the rollout is at stage 2 already" in answer.content.decode()
    begun.refresh_from_db()
    assert begun.stage == 1


@pytest.mark.parametrize("stage", ["", "x", "²", "-1", "9" * 40])
def test_a_stage_that_is_no_number_is_none_that_was_seen(stage: str, begun: Rollout) -> None:
    assert post(Role.OPERATOR, "go-on-with-rollout", begun.pk, stage=stage).status_code == 409
    begun.refresh_from_db()
    assert begun.stage == 0


def test_rolling_back_asks_why(begun: Rollout) -> None:
    assert "what was in force before" in client(Role.OPERATOR).get(f"/rollouts/{begun.pk}/stop/").content.decode()
    answer = post(Role.OPERATOR, "stop-rollout", begun.pk, reason=" ")
    assert answer.status_code == 422
    assert "a reason is needed" in answer.content.decode()
    answer = post(Role.OPERATOR, "stop-rollout", begun.pk, reason="a release comes first")
    assert answer.status_code == 302
    begun.refresh_from_db()
    assert begun.state == "stopped"
    assert set(house.runs(begun.service).values()) == {None}
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.reason) == ("stop rollout", "a release comes first")
    html = client(Role.VIEWER).get(f"/rollouts/{begun.pk}/").content.decode()
    assert "<b>r2</b> back, to all processes" in html
    assert "<b>r1</b> to one process" in html


@pytest.mark.parametrize(("name", "said"), [("go-on-with-rollout", {"stage": "0"}), ("stop-rollout", {"reason": "x"})])
def test_one_that_is_over_is_left_alone(name: str, said: dict[str, str], begun: Rollout) -> None:
    Rollout.objects.update(state="rolled back", ended_at=begun.created_at)
    answer = post(Role.OPERATOR, name, begun.pk, **said)
    assert answer.status_code == 409
    assert "the rollout is over: rolled back" in answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_what_is_unknown_is_404(name: str, begun: Rollout) -> None:
    for key in (begun.pk + 1, 10**17):
        assert client(Role.OPERATOR).get(reverse(name, args=[key])).status_code == 404


@pytest.mark.parametrize("name", PAGES[1:])
@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_who_may_not_publish_is_refused(role: Role | None, name: str, begun: Rollout) -> None:
    its = client(role)
    assert its.get(reverse(name, args=[begun.pk])).status_code == 403
    assert its.post(reverse(name, args=[begun.pk]), {"stage": "0", "reason": "x"}).status_code == 403
    assert its.put(reverse(name, args=[begun.pk])).status_code in (403, 405)
    begun.refresh_from_db()
    assert (begun.state, begun.stage) == ("running", 0)


def test_an_operator_of_other_services_is_refused(begun: Rollout) -> None:
    its = factories.person(Role.OPERATOR)
    its.membership.everywhere = False
    its.membership.save()
    stranger = Client()
    stranger.force_login(its)
    for name in PAGES[1:]:
        assert stranger.post(reverse(name, args=[begun.pk]), {"stage": "0", "reason": "x"}).status_code == 403
    assert stranger.get(reverse("rollout", args=[begun.pk])).status_code == 200
    begun.refresh_from_db()
    assert begun.state == "running"


def test_wrong_methods_are_405(begun: Rollout) -> None:
    its = client(Role.OPERATOR)
    assert its.post(reverse("rollout", args=[begun.pk])).status_code in (403, 405)
    for name in PAGES[1:]:
        assert its.put(reverse(name, args=[begun.pk])).status_code == 405


def test_nobody_is_sent_to_sign_in(begun: Rollout) -> None:
    for name in PAGES:
        answer = Client().get(reverse(name, args=[begun.pk]))
        assert (answer.status_code, "sign-in" in answer.headers.get("Location", "")) == (302, True)
