"""Whole rollouts on a clock that is advanced by hand, with the traffic as rows: through, back, waiting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from recovery import moment
from recovery.actions import policies
from recovery.actions.rollouts import Stage, begin
from recovery.models import AuditEntry, Job, Policy, Rollout, Service
from recovery.testing import FakeClock
from recovery.worker import rolling
from recovery.worker.claims import take_turn
from recovery.worker.jobs import JOBS
from tests.rollouts import house
from tests.rollouts.house import NEW, Traffic

STAGES = [Stage("one", 120), Stage(50.0, 120)]


def turn(traffic: Traffic, slots: int = 1) -> None:
    """So many slots pass; when each has come in the worker judges, and the processes obey."""
    for _ in range(slots):
        traffic.slot()
        rolling.judge_all(moment.now())
        house.obey(traffic.service)


def started(service: Service, clock: FakeClock, **how: Any) -> tuple[Rollout, Traffic]:
    """Some minutes of traffic, then a rollout."""
    traffic = Traffic(service, clock)
    for _ in range(6):
        traffic.slot()
    house.obey(service)
    made = house.begin(service, **({"stages": STAGES} | how))
    house.obey(service)
    return made, traffic


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


def test_what_does_no_worse_goes_through(service: Service, clock: FakeClock) -> None:
    made, traffic = started(service, clock)
    turn(traffic, 11)
    made.refresh_from_db()
    assert (made.state, made.stage) == ("running", 0)
    assert made.verdict["word"] == "no worse"
    turn(traffic, 3)
    made.refresh_from_db()
    assert (made.state, made.stage, made.verdict) == ("running", 1, None) or made.verdict["word"] == "waits"
    assert sum(fields == NEW for fields in house.runs(service).values()) == 3
    turn(traffic, 14)
    made.refresh_from_db()
    assert (made.state, made.stage, made.ended_at is not None) == ("done", 2, True)
    assert set(map(str, house.runs(service).values())) == {str(NEW)}
    newest = policies.newest(service, "breaker", "bank")
    assert newest is not None
    assert (newest.fields, newest.rollout_id, newest.scope) == (NEW, made.pk, {})
    assert acts() == ["begin rollout", "go on with rollout", "go on with rollout"]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor, entry.user) == ("Rollout", None)
    assert entry.after["verdict"]["new"]["calls"] >= 200
    assert rolling.running() is False


def test_what_does_worse_goes_back_by_itself_with_its_figures(service: Service, clock: FakeClock) -> None:
    base = policies.publish(service, "breaker", "bank", {"window_size": 7}, actor=house.BOSS, base=0, reason="before")
    made, traffic = started(service, clock, base=base.revision)
    traffic.new = {"fails": 0.3}
    turn(traffic, 12)
    made.refresh_from_db()
    assert made.state == "rolled back"
    assert set(map(str, house.runs(service).values())) == {str({"window_size": 7})}
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor, entry.after["fields"]) == ("roll back", "Rollout", {"window_size": 7})
    assert entry.reason.startswith("worse than before: 30 % of calls fail instead of 2 % (p < 0.0001)")
    assert entry.after["verdict"]["new"]["failed"] == pytest.approx(30, abs=1)
    assert entry.after["verdict"]["findings"][0]["worse"]
    before = Policy.objects.count()
    turn(traffic, 3)
    assert Policy.objects.count() == before


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"openings": 1}, "a process opens"),
        ({"bucket": 27}, "p95 is"),
        ({"calls": 1, "refused": 19, "openings": 1}, "a process opens"),
    ],
)
def test_openings_and_a_slow_tail_are_worse_too(
    how: dict[str, Any], said: str, service: Service, clock: FakeClock
) -> None:
    made, traffic = started(service, clock)
    traffic.new = how
    turn(traffic, 12)
    made.refresh_from_db()
    assert made.state == "rolled back"
    assert said in made.verdict["words"]


def test_with_too_little_traffic_it_waits_and_says_so(service: Service, clock: FakeClock) -> None:
    made, traffic = started(service, clock)
    traffic.new = {"calls": 2}
    turn(traffic, 30)
    made.refresh_from_db()
    assert (made.state, made.stage) == ("running", 0)
    calls = made.verdict["new"]["calls"]
    assert made.verdict["words"] == f"needs 200 calls on both sides, has {calls} and {calls // 2 * 100:,}"
    traffic.new = {}
    turn(traffic, 12)
    made.refresh_from_db()
    assert made.stage == 1


def test_before_the_console_counted_does_not_count(service: Service, clock: FakeClock) -> None:
    """What failed before the stage began is no matter of the new policy."""
    traffic = Traffic(service, clock, fails=0.9)
    for _ in range(20):
        traffic.slot()
    made = house.begin(service, stages=STAGES)
    house.obey(service)
    traffic.fails = 0.0
    turn(traffic, 9)
    made.refresh_from_db()
    # The slot in which the stage began counts for nobody.
    assert [made.verdict[side]["failures"] for side in ("new", "old")] == [0, 0]
    assert [made.verdict[side]["calls"] for side in ("new", "old")] == [8 * 20, 8 * 20 * 5]


def test_an_operation_is_judged_by_its_giving_up(service: Service, clock: FakeClock) -> None:
    traffic = Traffic(service, clock)
    for _ in range(6):
        traffic.slot()
    made = begin(
        service, "operation", "fetch", {"max_attempts": 1}, actor=house.BOSS, base=0, reason="x", stages=STAGES
    )
    house.obey(service)
    house.begin(service)  # the breaker is rolled out at the same time: two targets, two rollouts
    house.obey(service)
    traffic.new = {"fails": 0.5}
    turn(traffic, 12)
    made.refresh_from_db()
    assert made.state == "rolled back"
    assert [finding["measure"] for finding in made.verdict["findings"]] == ["failed"]


def test_where_the_one_process_leaves_another_is_chosen(service: Service, clock: FakeClock) -> None:
    made, traffic = started(service, clock)
    turn(traffic, 6)
    house.leave(house.linked(service)[0])
    turn(traffic)
    made.refresh_from_db()
    assert {uid for uid, fields in house.runs(service).items() if fields == NEW} == {"web-1"}
    assert made.measured == {}
    assert made.stage_since > made.created_at
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.actor, entry.reason) == ("choose another process", "Rollout", "web-0: it left")
    assert (entry.before, entry.after["process"]) == ({"process": "web-0"}, "web-1")
    turn(traffic, 5)
    made.refresh_from_db()
    assert made.stage == 0
    turn(traffic, 10)
    made.refresh_from_db()
    assert made.stage == 1


def test_a_link_that_is_lost_for_a_moment_changes_nothing(service: Service, clock: FakeClock) -> None:
    made, traffic = started(service, clock)
    turn(traffic, 3)
    for process in house.linked(service):
        house.leave(process, said_bye=False)  # the console was restarted
    turn(traffic, 3)
    assert acts() == ["begin rollout"]
    made.refresh_from_db()
    assert made.state == "running"
    turn(traffic, 6)
    assert acts() == ["begin rollout"]  # gone by now, but nobody else is there
    house.arrive(service, "late-1")
    turn(traffic)
    assert acts()[-1] == "choose another process"
    assert house.runs(service) == {"late-1": NEW}


def test_a_process_that_refuses_is_passed_over(service: Service, clock: FakeClock) -> None:
    traffic = Traffic(service, clock)
    made = house.begin(service, stages=STAGES)
    house.obey(service, refusing=("web-0",))
    turn(traffic)
    assert AuditEntry.objects.latest("pk").reason == "web-0: it refused: unknown field"
    house.obey(service, refusing=("web-1",))
    turn(traffic)
    made.refresh_from_db()
    assert made.policies.order_by("-revision")[0].scope["values"] in (["web-1"], ["web-2"])


def test_a_process_that_arrives_and_falls_into_the_share_gets_it(service: Service, clock: FakeClock) -> None:
    made, traffic = started(service, clock, stages=[Stage(50.0, 60)])
    for number in range(20):
        house.arrive(service, f"late-{number}")
    its = [fields == NEW for uid, fields in house.runs(service).items() if uid.startswith("late")]
    assert 3 <= sum(its) <= 17
    turn(traffic, 4)
    made.refresh_from_db()
    sides = made.verdict["new"]["processes"], made.verdict["old"]["processes"]
    assert sum(sides) == 26
    assert sides[0] == 3 + sum(its)


def test_two_workers_take_a_step_once(service: Service, clock: FakeClock) -> None:
    made, traffic = started(service, clock)
    turn(traffic, 12)
    clock.advance(30)
    at, barrier = moment.now(), Barrier(2)

    def work(_: int) -> None:
        try:
            barrier.wait()
            rolling.judge_all(at)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    made.refresh_from_db()
    assert made.stage == 1
    assert acts() == ["begin rollout", "go on with rollout"]
    assert Policy.objects.count() == 2


def test_the_job_runs_while_there_is_a_rollout(service: Service, clock: FakeClock) -> None:
    made, traffic = started(service, clock, stages=[Stage("one", 10)])
    spec = JOBS["rollouts"]
    Job.objects.create(name=spec.name, due_at=moment.now())
    for _ in range(12):
        traffic.slot()
    assert spec.wanted(moment.now())
    assert take_turn(spec)
    made.refresh_from_db()
    assert made.state == "done"
    assert not spec.wanted(moment.now())
    assert Job.objects.get().due_at - moment.now() <= timedelta(seconds=10)


def test_after_an_hour_without_a_worker_it_goes_on_from_what_is_there(service: Service, clock: FakeClock) -> None:
    made, traffic = started(service, clock)
    turn(traffic, 3)
    clock.advance(3600)
    for _ in range(8):
        traffic.slot()
    turn(traffic)
    made.refresh_from_db()
    assert made.stage == 1


def test_one_that_cannot_be_judged_keeps_nobody_else_waiting(service: Service, clock: FakeClock) -> None:
    broken, traffic = started(service, clock)
    other = house.make(3, "mail")
    made = house.begin(other)
    house.obey(other)
    Rollout.objects.filter(pk=broken.pk).update(guardrail={"colour": "red"})
    traffic.slot()
    with pytest.raises(TypeError, match="colour"):
        rolling.judge_all(moment.now())
    made.refresh_from_db()
    assert made.verdict["word"] == "waits"
