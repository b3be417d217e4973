"""Whatever happens in whatever order while processes come and go: the promises of a rollout hold."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery import moment
from recovery.actions import policies, rollouts
from recovery.actions.problems import ActionProblem
from recovery.actions.rolling import running
from recovery.models import AuditEntry, Policy, Rollout, Service
from recovery.models.rollouts import RUNNING
from recovery.testing import FakeClock
from tests.rollouts import house
from tests.rollouts.house import BOSS, NEW

GOOD, BAD = {"word": "no worse", "words": "fine"}, {"word": "worse", "words": "bad"}
OTHER = {"failure_threshold": 3}
uids = st.integers(0, 9).map(lambda number: f"web-{number}")
steps = st.one_of(
    st.tuples(st.just("arrive"), uids),
    st.tuples(st.just("leave"), uids),
    st.sampled_from([("begin",), ("publish",), ("go on",), ("stop",), ("good",), ("bad",), ("time passes",)]),
)


class World:
    """A service, and what is done to it."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.service: Service = house.make(0)
        self.wide: Any = None  # what is in force for all

    @property
    def rollout(self) -> Rollout | None:
        return running(self.service, "breaker", "bank")

    def do(self, step: tuple[str, ...]) -> None:
        """What is refused changes nothing."""
        revisions = Policy.objects.count(), AuditEntry.objects.count()
        try:
            getattr(self, step[0].replace(" ", "_"))(*step[1:])
        except ActionProblem:
            assert (Policy.objects.count(), AuditEntry.objects.count()) == revisions
        house.obey(self.service)

    def arrive(self, uid: str) -> None:
        if uid not in house.runs(self.service) and not self.service.processes.filter(uid=uid).exists():
            house.arrive(self.service, uid)

    def leave(self, uid: str) -> None:
        for process in house.linked(self.service):
            if process.uid == uid:
                house.leave(process)

    def _base(self) -> int:
        found = policies.newest(self.service, "breaker", "bank")
        return found.revision if found else 0

    def begin(self) -> None:
        house.begin(self.service, base=self._base(), stages=[rollouts.Stage("one", 60), rollouts.Stage(30.0, 60)])

    def publish(self) -> None:
        policies.publish(self.service, "breaker", "bank", OTHER, actor=BOSS, base=self._base(), reason="x")
        self.wide = OTHER

    def go_on(self) -> None:
        if found := self.rollout:
            rollouts.go_on(found, actor=BOSS, stage=found.stage)
            self._ended(found.pk)

    def stop(self) -> None:
        if found := self.rollout:
            rollouts.stop(found, actor=BOSS, reason="x")

    def _judge(self, verdict: dict[str, Any]) -> None:
        if found := self.rollout:
            rollouts.settle(found.pk, rollouts.Judged(found.stage, found.stage_since, verdict, {}, time_over=True))
            self._ended(found.pk)

    def good(self) -> None:
        self._judge(GOOD)

    def bad(self) -> None:
        self._judge(BAD)

    def _ended(self, key: int) -> None:
        if Rollout.objects.get(pk=key).state == "done":
            self.wide = NEW

    def time_passes(self) -> None:
        self.clock.advance(61)
        if found := self.rollout:
            rollouts.look_after(found.pk, moment.now())


@pytest.mark.django_db(transaction=True)
@settings(max_examples=40)
@given(st.lists(steps, max_size=25))
def test_its_promises_hold(history: list[tuple[str, ...]]) -> None:
    with moment.using(FakeClock(1e9)) as clock, transaction.atomic():
        world = World(clock)
        for step in [("arrive", "web-0"), ("arrive", "web-1"), *history]:
            world.do(step)
            told = house.runs(world.service)
            assert Rollout.objects.filter(state=RUNNING).count() <= 1
            if (found := world.rollout) is None:
                # Without a rollout everybody runs what is in force for all.
                assert all(fields == world.wide for fields in told.values())
                continue
            assert all(fields in (found.base, NEW) for fields in told.values())
            if step[0] == "time passes" and told:
                assert NEW in told.values() or found.stage > 0
            if found.stage == 0:
                assert sum(fields == NEW for fields in told.values()) <= 1
        transaction.set_rollback(True)
