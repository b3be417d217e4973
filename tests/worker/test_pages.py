"""What pages are told about checks and about the worker, and the form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from recovery import moment
from recovery.actions.recovery import settle
from recovery.forms.check import CheckForm
from recovery.models import Job
from recovery.queries import health
from recovery.testing import FakeClock
from recovery.worker.beats import beat
from recovery.worker.scheduler import prepare
from tests.worker.house import BAD, GOOD, breaker, check, claimed, service

pytestmark = pytest.mark.django_db
FIELDS = {
    "name": "bank", "kind": "tcp", "target": "bank.example:443", "interval": "30", "timeout": "5",
    "healthy_after": "3", "act": "reset",
}  # fmt: skip


@pytest.fixture(autouse=True)
def clock() -> Iterator[FakeClock]:
    clock = FakeClock()
    with moment.using(clock):
        yield clock


def test_the_list_has_the_last_results_oldest_first(clock: FakeClock, django_assert_num_queries: Any) -> None:
    shop = service()
    made = check(shop, breaker(shop), name="bank")
    check(shop, name="other")
    for result in (BAD, GOOD, GOOD):
        clock.advance(30)
        settle(made.pk, claimed(made), result, moment.now())
    with django_assert_num_queries(4):
        rows = {row.name: row for row in health.checks()}
    assert [bar.healthy for bar in rows["bank"].bars] == [False, True, True]
    assert (rows["bank"].word, rows["bank"].streak, rows["other"].word) == ("healthy", 2, "unknown")
    assert rows["bank"].breakers[0][1:] == ("pay", "OPEN")
    assert (rows["bank"].share, rows["other"].share) == ("66.66 %", "—")


def test_one_that_is_not_there() -> None:
    assert health.check(1) is None


def test_the_work_is_alive_while_it_beats(clock: FakeClock) -> None:
    assert not health.work().alive
    prepare(moment.now())
    for name in ("scheduler", "worker"):
        beat(name, moment.now(), 0.1)
    work = health.work()
    assert (work.alive, work.lag_ms, len(work.workers)) == (True, 100, 1)
    assert {job.name for job in work.jobs} == {"rollup", "prune", "holds", "presence", "places", "checks", "rollouts"}
    assert not any(job.late for job in work.jobs)
    clock.advance(20)
    work = health.work()
    assert not work.alive
    assert {job.name for job in work.jobs if job.late} == {"rollup", "prune"}
    Job.objects.filter(pk="rollup").update(failures=2, last_error="disk full")
    assert {job.failures for job in health.work().jobs} == {0, 2}


def test_the_form_takes_what_the_act_takes() -> None:
    shop = service()
    pay = breaker(shop)
    form = CheckForm(FIELDS | {"breakers": [str(pay.pk)]}, service=shop)
    assert form.is_valid(), form.errors
    assert form.act_fields["interval"] == 30
    assert form.cleaned_data["breakers"] == [pay.pk]


@pytest.mark.parametrize(
    ("field", "value"),
    [("target", "bank"), ("interval", "1"), ("timeout", "31"), ("act", "x"), ("breakers", ["99"]), ("name", "")],
)
def test_the_form_names_what_is_wrong(field: str, value: Any) -> None:
    form = CheckForm(FIELDS | {field: value}, service=service())
    assert not form.is_valid()
    assert set(form.errors) == {field}


def test_the_form_of_a_check_brings_its_revision() -> None:
    shop = service()
    made = check(shop, breaker(shop), revision=7)
    form = CheckForm(service=shop, row=health.check(made.pk))
    assert form.initial["revision"] == 7
    assert form.initial["breakers"] == [made.breakers.get().pk]
