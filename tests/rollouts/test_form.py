"""Step by step from the editor of a policy: the form's part, its problems, and what a running one does to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from recovery.actions.rollouts.checking import PERCENT
from recovery.forms.rollout import RolloutForm
from recovery.guardrail import RANGES
from recovery.models import Policy, Rollout, Service
from recovery.permissions import Role
from tests import factories
from tests.rollouts import house

USUAL = {
    "rollout-how": "step by step",
    "rollout-one_minutes": "2",
    "rollout-share": "25",
    "rollout-share_minutes": "7",
    "rollout-least_calls": "50",
    "rollout-margin": "2.5",
    "rollout-slower": "3",
    "rollout-alpha": "5",
}
DRAFT = {"do": "publish", "base": "0", "reason": "try it", "failure_threshold": "9"}


def publish(said: dict[str, Any], role: Role = Role.OPERATOR) -> Any:
    client = Client()
    client.force_login(factories.person(role))
    return client.post(reverse("edit-policy", args=["shop", "production", "breaker", "bank"]), DRAFT | said)


def test_the_editor_offers_it_at_once_first(service: Service) -> None:
    client = Client()
    client.force_login(factories.person(Role.OPERATOR))
    html = client.get(reverse("edit-policy", args=["shop", "production", "breaker", "bank"])).content.decode()
    assert '<input type="radio" name="rollout-how" value="at once"' in html
    assert 'name="rollout-share" value="10"' in html
    assert 'style="' not in html


def test_step_by_step_begins_a_rollout_with_what_was_typed(service: Service) -> None:
    answer = publish(USUAL)
    made = Rollout.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/rollouts/{made.pk}/")
    assert made.fields == {"failure_threshold": 9}
    assert [(stage["share"], stage["seconds"]) for stage in made.stages] == [("one", 120), (25.0, 420), (100.0, 0)]
    assert made.guardrail == {"least_calls": 50, "alpha": 0.05, "margin": 2.5, "slower": 3.0}


@pytest.mark.parametrize("how", [{}, {"rollout-how": "at once"}, {"rollout-how": "at once", "rollout-share": "x"}])
def test_at_once_needs_nothing_of_it(how: dict[str, str], service: Service) -> None:
    assert publish(how).status_code == 302
    assert not Rollout.objects.exists()
    assert Policy.objects.get().scope == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("how", "sideways"),
        ("one_minutes", "0"),
        ("one_minutes", "99999"),
        ("share", "0.5"),
        ("share", "100"),
        ("share", "nan"),
        ("share_minutes", ""),
        ("least_calls", "19"),
        ("margin", "-1"),
        ("margin", "51"),
        ("slower", "1"),
        ("alpha", "0.001"),
        ("alpha", "21"),
        ("alpha", "inf"),
    ],
)
def test_what_is_out_of_range_is_said_at_its_field(name: str, value: str, service: Service) -> None:
    said = USUAL | {f"rollout-{name}": value}
    form = RolloutForm(said)
    assert not form.is_valid()
    assert list(form.errors) == [name]
    answer = publish(said)
    assert answer.status_code == 200
    assert str(form.errors[name][0]).replace("'", "&#x27;") in answer.content.decode()
    assert not Rollout.objects.exists()
    assert not Policy.objects.exists()


def test_without_a_linked_process_the_form_says_so(service: Service) -> None:
    for process in house.linked(service):
        house.leave(process)
    answer = publish(USUAL)
    assert answer.status_code == 200
    assert "nobody to begin with" in answer.content.decode()


def test_meanwhile_the_editor_says_what_is_running(service: Service) -> None:
    made = house.begin(service)
    for how in ({}, USUAL):
        answer = publish(how)
        assert answer.status_code == 409
        html = answer.content.decode()
        assert "Nothing was published." in html
        assert f'href="/rollouts/{made.pk}/"' in html
    lift = reverse("lift-policy", args=["shop", "production", "breaker", "bank"])
    client = Client()
    client.force_login(factories.person(Role.OPERATOR))
    answer = client.post(lift, {"base": "0", "reason": "why"})
    assert (answer.status_code, f"/rollouts/{made.pk}/" in answer.content.decode()) == (409, True)
    assert Policy.objects.count() == 1


def test_a_viewer_begins_none(service: Service) -> None:
    assert publish(USUAL, Role.VIEWER).status_code == 403
    assert not Rollout.objects.exists()


def test_the_page_in_the_docs_says_what_is_legal() -> None:
    text = (Path(__file__).parents[2] / "docs/how-to/roll-out-a-policy.md").read_text(encoding="utf-8")
    for name, factor in (("least_calls", 1), ("margin", 1), ("slower", 1), ("alpha", 100)):
        low, high = (bound * factor for bound in RANGES[name])
        assert f"| {low:,g} to {high:,g}" in text.replace("1,000,000", f"{1e6:,g}"), name
    assert f"{PERCENT[0]:g} to {PERCENT[1]:g} %" in text
