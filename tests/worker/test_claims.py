"""A job is claimed by one, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from recovery import moment
from recovery.models import Job
from recovery.testing import FakeClock
from recovery.worker.claims import claim, take_turn
from recovery.worker.jobs import JOBS, JobSpec, Turn
from recovery.worker.scheduler import prepare

pytestmark = pytest.mark.django_db
SPEC = JobSpec("rollup", 10, 60, lambda _turn: False, offset=5)


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    clock = FakeClock()
    with moment.using(clock):
        prepare(moment.now())
        yield clock


def _job() -> Job:
    return Job.objects.get(pk="rollup")


def test_the_first_gets_it(clock: FakeClock) -> None:
    clock.advance(3)
    assert claim(SPEC, moment.now())
    assert claim(SPEC, moment.now()) == ""
    assert _job().lag_ms == 3000


def test_a_job_that_nobody_wanted_for_hours_is_not_hours_late(clock: FakeClock) -> None:
    clock.advance(7200)
    assert claim(JOBS["rollouts"], moment.now())
    assert Job.objects.get(pk="rollouts").lag_ms == 10_000


def test_whoever_does_not_come_back_loses_it(clock: FakeClock) -> None:
    first = claim(SPEC, moment.now())
    clock.advance(59)
    assert claim(SPEC, moment.now()) == ""
    clock.advance(1)
    second = claim(SPEC, moment.now())
    assert second not in ("", first)


def test_a_run_that_was_taken_for_dead_gives_nothing_back(clock: FakeClock) -> None:
    def slow(turn: Turn) -> bool:
        clock.advance(100)
        assert claim(SPEC, moment.now())
        return False

    assert take_turn(replace(SPEC, work=slow))
    assert _job().finished_at is None
    assert _job().lease_until is not None


def test_a_turn_makes_it_due_on_its_grid(clock: FakeClock) -> None:
    clock.advance(1)
    assert take_turn(SPEC)
    job = _job()
    assert (job.owner, job.lease_until, job.failures) == ("", None, 0)
    assert job.due_at.second % 10 == 5
    assert take_turn(SPEC) is False  # not due


def test_with_more_to_do_it_is_due_at_once(clock: FakeClock) -> None:
    assert take_turn(replace(SPEC, work=lambda _turn: True))
    assert _job().due_at == moment.now()


def test_a_failing_job_comes_back_later_and_later(clock: FakeClock) -> None:
    def fail(_turn: Turn) -> bool:
        raise RuntimeError("the disk is full")

    waits = []
    for number in range(1, 5):
        assert take_turn(replace(SPEC, work=fail))
        job = _job()
        assert (job.failures, job.last_error, job.owner) == (number, "RuntimeError: the disk is full", "")
        waits.append((job.due_at - moment.now()).total_seconds())
        clock.advance(waits[-1])
    assert waits == [10, 10, 20, 40]
    assert take_turn(SPEC)
    assert (_job().failures, _job().last_error) == (0, "")


def test_a_long_run_keeps_its_lease_by_beating(clock: FakeClock) -> None:
    def long(turn: Turn) -> bool:
        for _ in range(10):
            clock.advance(20)
            turn.beat()
            assert claim(SPEC, moment.now()) == ""
        return False

    assert take_turn(replace(SPEC, work=long))
    assert _job().finished_at == moment.now()


def test_a_run_ends_at_its_next_beat_when_the_worker_is_ended(clock: FakeClock) -> None:
    done = []

    def work(turn: Turn) -> bool:
        done.append(1)
        turn.beat()
        done.append(2)
        return False

    assert take_turn(replace(SPEC, work=work), lambda: True)
    assert done == [1]
    assert (_job().lease_until, _job().due_at) == (None, moment.now())


def test_the_grid_is_kept_whatever_was_missed(clock: FakeClock) -> None:
    at = moment.now()
    assert [(SPEC.next_due(at + timedelta(seconds=s)) - at).total_seconds() for s in (0, 4.9, 5, 14, 15)] == [
        5,
        5,
        15,
        15,
        25,
    ]
