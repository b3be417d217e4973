"""The policy card of a breaker: what is put over its code, how far that got, and how the breaker moves by it."""

from __future__ import annotations

from dataclasses import dataclass

from recovery.charts.machine import Machine, machine
from recovery.models import Transition
from recovery.queries.policies.one import Present, present
from recovery.queries.policies.running import Running, running
from recovery.queries.policies.values import DEFAULT, Value, whole
from recovery.queries.policies.which import Target, by_id
from recovery.queries.rollouts.listed import Row as Rolling
from recovery.queries.rollouts.listed import running_of

USUAL = ("failure_threshold", "failure_rate", "recovery_timeout", "half_open_successes")


@dataclass(frozen=True, slots=True)
class Config:
    """Of one breaker."""

    breaker: int
    target: Target
    present: Present
    running: Running
    machine: Machine
    rollout: Rolling | None  # of a policy for it, while it runs

    @property
    def told(self) -> tuple[Value, ...]:
        """What counts most, and what is not as it comes; without what the last change tells already."""
        last = self.present.last
        changed = {change.name for change in last.changes} if last is not None else set()
        its = (value for value in self.present.values if value.name not in changed)
        return tuple(value for value in its if value.name in USUAL or value.source != DEFAULT)


def config(key: int) -> Config | None:
    """Eight queries."""
    target = by_id("breaker", key)
    if target is None:
        return None
    now, run = present(target), running(target)
    last = Transition.objects.filter(breaker=key, kind="transition").values_list("before", "after").first()
    came_from = last[0] if last and last[1] == target.state else ""  # the last one may be another process's
    force = run.rows[-1].force if run.rows else whole(target.kind, target.code, now.fields)
    return Config(
        breaker=key,
        target=target,
        present=now,
        running=run,
        machine=machine(force, target.state.lower() or "stale", came_from.lower()),
        rollout=running_of(target.service.pk, target.kind, target.name),
    )
