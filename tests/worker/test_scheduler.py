"""The scheduler sees what is due; wake-ups may be doubled or lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer

from recovery import moment
from recovery.models import Check, Hold, Job, LinkInterval, Process
from recovery.testing import FakeClock
from recovery.worker.beats import Pulse, beat
from recovery.worker.claims import identity, take_turn
from recovery.worker.jobs import JOBS
from recovery.worker.scheduler import Waking, due, prepare, wake
from tests.worker.house import S, check, service

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    clock = FakeClock()
    with moment.using(clock):
        prepare(moment.now())
        yield clock


def test_every_job_is_due_at_first_where_there_is_something_to_do(clock: FakeClock) -> None:
    assert due(moment.now()) == ["rollup", "prune"]


def test_preparing_again_changes_nothing(clock: FakeClock) -> None:
    Job.objects.filter(pk="rollup").update(cursor={"slot": 7})
    prepare(moment.now())
    assert Job.objects.get(pk="rollup").cursor == {"slot": 7}


def test_who_has_it_is_not_woken(clock: FakeClock) -> None:
    assert take_turn(JOBS["rollup"])
    assert due(moment.now()) == ["prune"]
    clock.advance(10)
    assert due(moment.now()) == ["rollup", "prune"]


def test_a_hold_that_is_over_wakes_its_job(clock: FakeClock) -> None:
    Hold.objects.create(
        service=service(), breaker="pay", kind="trip", actor="anna", revision=1,
        created_at=moment.now(), ends_at=moment.now() + 5 * S,
    )  # fmt: skip
    assert "holds" not in due(moment.now())
    clock.advance(5)
    assert "holds" in due(moment.now())
    assert take_turn(JOBS["holds"])
    clock.advance(1)
    assert "holds" not in due(moment.now())
    assert Hold.objects.get().ended_at is not None


def test_a_silent_link_wakes_its_job(clock: FakeClock) -> None:
    at = moment.now()
    process = Process.objects.create(service=service(), uid="p", host="h", first_seen_at=at, heard_at=at)
    LinkInterval.objects.create(process=process, began_at=at, heard_at=at)
    assert "presence" not in due(at)
    clock.advance(46)
    assert "presence" in due(moment.now())
    assert take_turn(JOBS["presence"])
    assert LinkInterval.objects.get().ending == "lost"


def test_a_check_that_is_due_wakes_its_job(clock: FakeClock) -> None:
    made = check(service(), next_run_at=moment.now() + 5 * S)
    assert "checks" not in due(moment.now())
    clock.advance(5)
    assert "checks" in due(moment.now())
    Check.objects.update(lease_until=moment.now() + 5 * S)
    assert "checks" not in due(moment.now())
    Check.objects.update(lease_until=None, enabled=False)
    assert "checks" not in due(moment.now()), made


async def test_a_wake_up_that_does_not_fit_is_no_harm() -> None:
    class Full:
        sent = 0

        async def send(self, _channel: str, _message: Any) -> None:
            self.sent += 1
            raise ChannelFull

    layer = Full()
    await wake(layer, ["rollup", "prune"])
    assert layer.sent == 2


async def test_a_wake_up_names_its_job() -> None:
    layer = InMemoryChannelLayer()
    await wake(layer, ["rollup"])
    assert await layer.receive("recovery.rollup") == {"type": "job.wake", "job": "rollup"}


async def test_while_the_layer_is_away_this_process_wakes_itself(caplog: pytest.LogCaptureFixture) -> None:
    class Away:
        away = True

        async def send(self, _channel: str, _message: Any) -> None:
            if self.away:
                raise ConnectionError("refused")

    done: asyncio.Queue[str] = asyncio.Queue()

    async def here(name: str) -> None:
        await done.put(name)
        if name == "prune":
            raise RuntimeError("not this one")

    layer = Away()
    waking = Waking(layer, here)
    for _ in range(2):
        await waking(["prune", "rollup"])
    assert sorted([await done.get() for _ in range(4)]) == ["prune", "prune", "rollup", "rollup"]
    layer.away = False
    await waking([])  # nothing was sent: nothing is known
    await waking(["rollup"])
    assert done.empty()
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "the channel layer takes no wake-ups (ConnectionError('refused')): this process wakes itself",
        "the channel layer takes wake-ups again",
    ]
    await waking.stop()


async def test_what_it_woke_here_ends_with_it() -> None:
    class Away:
        async def send(self, _channel: str, _message: Any) -> None:
            raise ConnectionError("refused")

    ended = asyncio.Event()

    async def here(_name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    waking = Waking(Away(), here)
    await waking(["rollup"])
    await asyncio.sleep(0)
    await waking.stop()
    assert ended.is_set()


def test_beats_say_who_lives_and_how_late(clock: FakeClock) -> None:
    at = moment.now()
    Job.objects.create(
        name="worker", due_at=at, cursor={"old:1": {"at": (at - timedelta(hours=1)).isoformat(), "lag_ms": 1}}
    )
    beat("worker", at, 0.25)
    row = Job.objects.get(pk="worker")
    assert (row.lag_ms, row.finished_at, row.owner) == (250, at, identity())
    assert row.cursor == {identity(): {"at": at.isoformat(), "lag_ms": 250}}


async def test_a_pulse_measures_how_late_it_wakes_up() -> None:
    class Late(FakeClock):
        async def asleep(self, seconds: float) -> None:
            self.advance(seconds + 0.3)

    with moment.using(Late()):
        pulse = Pulse(1.0)
        assert pulse.told(moment.now()) == 0.0
        for _ in range(4):
            await pulse.rest()
        assert pulse.told(moment.now()) == pytest.approx(0.3)
        assert pulse.told(moment.now()) is None
