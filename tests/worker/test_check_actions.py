"""Checks are made, edited, switched, deleted and run now; audited, and refused to whoever may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from recovery import moment
from recovery.actions import checks
from recovery.actions.actor import Actor
from recovery.actions.problems import Conflict, Invalid, NotAllowed, Unchanged
from recovery.actions.recovery import settle
from recovery.models import AuditEntry, Check, CheckResult
from recovery.testing import FakeClock
from tests.worker.house import GOOD, breaker, claimed, service

pytestmark = pytest.mark.django_db
ANNA = Actor("anna")
FIELDS: dict[str, Any] = {
    "name": "bank", "kind": "http", "target": "https://bank.example/health", "interval": 30, "timeout": 5.0,
    "healthy_after": 3, "act": "reset",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock() -> Iterator[FakeClock]:
    clock = FakeClock()
    with moment.using(clock):
        yield clock


def _made(**fields: Any) -> Check:
    shop = service()
    return checks.create(shop, FIELDS | fields, [breaker(shop).pk], actor=ANNA)


def test_it_is_made_and_due_at_once() -> None:
    made = _made()
    assert made.next_run_at == moment.now()
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor, entry.target) == ("create check", "anna", "bank")
    assert entry.after == FIELDS | {"breakers": ["pay"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("name", value) for value in ("", "  ", "x" * 201, "a\nb", None)],
        *[("kind", value) for value in ("icmp", None)],
        *[("target", value) for value in ("", "bank", "file:///x", "http://u:p@bank/", None)],
        *[("interval", value) for value in (4, 86_401, "30", None, True)],
        *[("timeout", value) for value in (0, 61, 31, None, float("nan"))],
        *[("healthy_after", value) for value in (0, 1001)],
        *[("act", value) for value in ("explode", None)],
    ],
)
def test_a_bad_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(Invalid) as problem:
        checks.create(service(), FIELDS | {field: value}, actor=ANNA)
    assert set(problem.value.problems) <= {field, "timeout"}
    assert not Check.objects.exists()


def test_only_breakers_of_the_service_can_be_linked() -> None:
    shop, other = service(), service("other")
    with pytest.raises(Invalid, match="own service"):
        checks.create(shop, FIELDS, [breaker(other).pk], actor=ANNA)


@pytest.mark.django_db(transaction=True)
def test_a_name_is_there_once() -> None:
    made = _made()
    with pytest.raises(Invalid, match="already"):
        checks.create(made.service, FIELDS, actor=ANNA)


def test_an_edit_on_what_somebody_changed_is_a_conflict() -> None:
    made = _made()
    checks.edit(made.pk, FIELDS | {"interval": 60}, actor=Actor("bert"), revision=made.revision)
    with pytest.raises(Conflict) as problem:
        checks.edit(made.pk, FIELDS | {"interval": 90}, actor=ANNA, revision=made.revision)
    assert problem.value.diff["interval"] == (60, 90)
    assert problem.value.actor == "bert"
    assert Check.objects.get().interval == 60


def test_an_edit_that_changes_nothing_says_so() -> None:
    made = _made()
    with pytest.raises(Unchanged):
        checks.edit(made.pk, FIELDS, [made.breakers.get().pk], actor=ANNA, revision=made.revision)


def test_a_new_target_is_not_known_and_the_run_in_flight_counts_for_nothing() -> None:
    made = _made()
    settle(made.pk, claimed(made), GOOD, moment.now())
    run = claimed(made)
    checks.edit(made.pk, FIELDS | {"target": "https://other.example/"}, actor=ANNA, revision=1)
    assert settle(made.pk, run, GOOD, moment.now()) == []
    made.refresh_from_db()
    assert (made.healthy, made.streak, made.revision) == (None, 0, 2)
    assert CheckResult.objects.count() == 1
    assert not made.breakers.exists()


def test_switched_off_and_on() -> None:
    made = _made()
    checks.set_enabled(made.pk, False, actor=ANNA)
    with pytest.raises(Unchanged):
        checks.set_enabled(made.pk, False, actor=ANNA)
    with pytest.raises(Invalid):
        checks.run_now(made.pk, actor=ANNA)
    checks.set_enabled(made.pk, True, actor=ANNA)
    acts = AuditEntry.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["create check", "disable check", "enable check"]


def test_run_now_makes_it_due(clock: FakeClock) -> None:
    made = _made()
    settle(made.pk, claimed(made), GOOD, moment.now())
    clock.advance(1)
    assert checks.run_now(made.pk, actor=ANNA).next_run_at == moment.now()


def test_deleting_takes_its_results_along() -> None:
    made = _made()
    settle(made.pk, claimed(made), GOOD, moment.now())
    checks.delete(made.pk, actor=ANNA)
    assert not CheckResult.objects.exists()
    with pytest.raises(checks.UnknownCheck):
        checks.delete(made.pk, actor=ANNA)


def test_a_viewer_may_not(django_user_model: Any) -> None:
    viewer = Actor("vera", user=django_user_model.objects.create_user("vera"))
    made = _made()
    for act in (
        lambda: checks.create(made.service, FIELDS | {"name": "x"}, actor=viewer),
        lambda: checks.edit(made.pk, FIELDS, actor=viewer, revision=1),
        lambda: checks.set_enabled(made.pk, False, actor=viewer),
        lambda: checks.delete(made.pk, actor=viewer),
        lambda: checks.run_now(made.pk, actor=viewer),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert AuditEntry.objects.filter(refused=True).count() == 5
