"""The configuration in force, where each value comes from, and how the breaker moves by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.charts.machine import Machine, machine
from recovery.engine.types import BreakerConfig
from recovery.models import Breaker, BreakerNow, Policy, Transition
from recovery.queries.linking import is_linked
from recovery.queries.rollouts.listed import Row as Rolling
from recovery.queries.rollouts.listed import running_of

MOST = 100  # processes that are asked what they run
USUAL = ("failure_threshold", "failure_rate", "recovery_timeout", "half_open_successes")
DEFAULT, CODE, CONSOLE = "default", "code", "console"


@dataclass(frozen=True, slots=True)
class Value:
    """One field in force."""

    name: str
    value: Any
    unit: str
    help: str
    source: str

    @property
    def words(self) -> str:
        """As people read it."""
        if self.value is None:
            return "off"
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        number = f"{self.value:g}" if isinstance(self.value, float) else str(self.value)
        if not self.unit or isinstance(self.value, str):
            return number
        return f"{number} {self.unit.removesuffix('s') if self.value == 1 and len(self.unit) > 1 else self.unit}"


@dataclass(frozen=True, slots=True)
class Published:
    """The newest policy, and how far it got."""

    revision: int
    actor: str
    reason: str
    at: datetime
    lifted: bool
    applied: int
    asked: int


@dataclass(frozen=True, slots=True)
class Config:
    """Of one breaker."""

    breaker: int
    values: tuple[Value, ...]
    locked: bool
    differing: int  # processes that run something else
    policy: Published | None
    machine: Machine
    rollout: Rolling | None  # of a policy for it, while it runs

    @property
    def set(self) -> tuple[Value, ...]:
        """What counts most, and what is not as it comes."""
        return tuple(value for value in self.values if value.name in USUAL or value.source != DEFAULT)


def config(key: int) -> Config | None:
    """Five queries."""
    breaker = Breaker.objects.filter(pk=key).first()
    if breaker is None:
        return None
    linked = BreakerNow.objects.filter(breaker=key).filter(is_linked("process_id"))
    running = list(linked.order_by("-process_id").values_list("config", "policy_revision")[:MOST])
    force = running[0][0] if running else breaker.code_config
    policy = Policy.objects.filter(service=breaker.service_id, kind="breaker", target=breaker.name).for_all().first()
    last = Transition.objects.filter(breaker=key, kind="transition").values_list("before", flat=True).first()
    here = breaker.state.lower() or "stale"
    return Config(
        breaker=key,
        values=tuple(_values(force, breaker.code_config)),
        locked=breaker.locked,
        differing=sum(config != force for config, _ in running),
        policy=_published(policy, [revision for _, revision in running]) if policy else None,
        machine=machine(_defaults() | force, here, (last or "").lower()),
        rollout=running_of(breaker.service_id, "breaker", breaker.name),
    )


def _defaults() -> dict[str, Any]:
    return BreakerConfig().as_dict()


def _values(force: Mapping[str, Any], code: Mapping[str, Any]) -> Iterable[Value]:
    """Known fields in the order of the engine, then what a newer client may have brought."""
    defaults, fields = _defaults(), BreakerConfig.FIELDS
    for name in [*defaults, *(name for name in force if name not in defaults)]:
        value = force.get(name, code.get(name, defaults.get(name)))
        told = fields.get(name)
        yield Value(
            name=name,
            value=value,
            unit=getattr(told, "unit", "") or "",
            help=getattr(told, "help", "") or "",
            source=_source(value, code.get(name, defaults.get(name)), defaults.get(name)),
        )


def _source(value: Any, code: Any, default: Any) -> str:
    if value != code:
        return CONSOLE
    return CODE if value != default else DEFAULT


def _published(policy: Policy, revisions: list[int | None]) -> Published:
    applied = sum(revision is not None and revision >= policy.revision for revision in revisions)
    return Published(
        revision=policy.revision,
        actor=policy.actor,
        reason=policy.reason,
        at=policy.created_at,
        lifted=policy.fields is None,
        applied=applied,
        asked=len(revisions),
    )
