"""Beginning a rollout: who gets it first, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from recovery.actions import policies
from recovery.actions.problems import Conflict, Invalid, NotAllowed, RollingOut, Unchanged, UnknownBreaker
from recovery.actions.rollouts import Stage, begin
from recovery.models import AuditEntry, LinkInterval, Policy, Rollout, Service
from recovery.permissions import Role
from tests.actions.people import BOSS, person
from tests.rollouts import house


def test_one_process_is_the_first(service: Service) -> None:
    made = house.begin(service)
    assert (made.state, made.stage, made.base, made.fields) == ("running", 0, None, house.NEW)
    assert made.stages == [
        {"share": "one", "seconds": 300},
        {"share": 10.0, "seconds": 600},
        {"share": 100.0, "seconds": 0},
    ]
    assert made.guardrail == {"least_calls": 200, "alpha": 0.01, "margin": 1.0, "slower": 1.5}
    policy = Policy.objects.get()
    assert (policy.scope, policy.rollout, policy.fields) == ({"kind": "process", "values": ["web-0"]}, made, house.NEW)
    assert [uid for uid, fields in house.runs(service).items() if fields] == ["web-0"]
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor, entry.reason, entry.revision) == (
        "begin rollout",
        "boss",
        "try it",
        policy.revision,
    )
    assert (entry.scope, entry.after["rollout"], entry.after["stages"]) == (policy.scope, made.pk, made.stages)


def test_the_first_stage_may_be_a_share(service: Service) -> None:
    house.begin(service, stages=[Stage(50.0, 60)])
    assert sum(fields == house.NEW for fields in house.runs(service).values()) == 3


@pytest.mark.parametrize("percent", [1.0, 10.0, 34.0, 90.0])
def test_a_share_comes_near_its_per_cent(percent: float, service: Service) -> None:
    house.begin(service, stages=[Stage(percent, 60)])
    got = sum(fields == house.NEW for fields in house.runs(service).values())
    assert got == {1.0: 1, 10.0: 1, 34.0: 3, 90.0: 5}[percent]


BAD: list[tuple[str, dict[str, Any]]] = [
    ("stages", {"stages": []}),
    ("stages", {"stages": [Stage(number, 60) for number in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)]}),
    ("stage 2", {"stages": [Stage(10.0, 60), Stage("one", 60)]}),
    ("stage 2", {"stages": [Stage(20.0, 60), Stage(20.0, 60)]}),
    ("stage 1", {"stages": [Stage(0.0, 60)]}),
    ("stage 1", {"stages": [Stage(100.0, 60)]}),
    ("stage 1", {"stages": [Stage(float("nan"), 60)]}),
    ("stage 1", {"stages": [Stage("one", 9)]}),
    ("stage 1", {"stages": [Stage("one", 8 * 86_400)]}),
    ("alpha", {"guardrail": {"alpha": 0.5}}),
    ("least_calls", {"guardrail": {"least_calls": 1}}),
    ("margin", {"guardrail": {"margin": "wide"}}),
    ("slower", {"guardrail": {"slower": True}}),
    ("colour", {"guardrail": {"colour": 1}}),
    ("reason", {"reason": "  "}),
    ("failure_threshold", {"fields": {"failure_threshold": 0}}),
]


@pytest.mark.parametrize(("field", "how"), BAD)
def test_every_bad_part_is_named(field: str, how: dict[str, Any], service: Service) -> None:
    with pytest.raises(Invalid) as caught:
        house.begin(service, **how)
    assert field in caught.value.problems
    assert not Rollout.objects.exists()
    assert not Policy.objects.exists()


def test_all_problems_come_at_once(service: Service) -> None:
    with pytest.raises(Invalid) as caught:
        house.begin(service, {"failure_threshold": 0}, reason="", stages=[], guardrail={"alpha": 2})
    assert caught.value.problems.keys() == {"reason", "failure_threshold", "stages", "alpha"}


def test_without_a_linked_process_there_is_nobody_to_begin_with(service: Service) -> None:
    LinkInterval.objects.update(ended_at=service.created_at)
    with pytest.raises(Invalid, match="nobody to begin with"):
        house.begin(service)
    service.refresh_from_db()
    assert service.revision == 0


def test_a_stale_edit_is_a_conflict_and_no_change_is_said(service: Service) -> None:
    first = policies.publish(service, "breaker", "bank", house.NEW, actor=BOSS, base=0, reason="why")
    with pytest.raises(Conflict) as caught:
        house.begin(service, {"failure_threshold": 3})
    assert caught.value.diff == {"failure_threshold": (9, 3)}
    with pytest.raises(Unchanged):
        house.begin(service, base=first.revision)
    made = house.begin(service, {"failure_threshold": 3}, base=first.revision)
    assert made.base == house.NEW


def test_meanwhile_the_target_takes_no_other_policy(service: Service) -> None:
    made = house.begin(service)
    for another in (
        lambda: policies.publish(service, "breaker", "bank", {"window_size": 7}, actor=BOSS, base=0, reason="why"),
        lambda: house.begin(service, {"window_size": 7}),
    ):
        with pytest.raises(RollingOut, match=f"rollout {made.pk}, begun by boss, is running") as caught:
            another()
        assert caught.value.rollout == made.pk
    assert Policy.objects.count() == 1
    policies.publish(service, "operation", "fetch", {"max_attempts": 2}, actor=BOSS, base=0, reason="another target")


def test_of_two_at_once_one_begins(service: Service) -> None:
    def try_it(number: int) -> str:
        try:
            house.begin(service, {"failure_threshold": number + 6})
        except RollingOut:
            return "conflict"
        finally:
            connection.close()
        return "begun"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_it, range(4))) == ["begun", "conflict", "conflict", "conflict"]
    assert Rollout.objects.count() == Policy.objects.count() == 1


def test_what_is_unknown_is_not_made(service: Service) -> None:
    with pytest.raises(UnknownBreaker):
        begin(service, "breaker", "fetch", house.NEW, actor=BOSS, base=0, reason="why")


@pytest.mark.parametrize("role", [Role.VIEWER, None])
def test_who_may_not_publish_may_not_begin(role: Role | None, service: Service) -> None:
    with pytest.raises(NotAllowed):
        house.begin(service, actor=person(role))
    assert AuditEntry.objects.get().refused
    assert not Rollout.objects.exists()
