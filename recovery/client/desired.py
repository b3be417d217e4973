"""The desired state of the service, as far as it concerns this process: holds and policies, applied and withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from msgspec.structs import replace

from recovery.engine import registry
from recovery.engine.events import Hold as EngineHold
from recovery.wire import Desired, Hold, Policy, Refusal, Scope
from recovery.wire.values import FieldValue, Target

from .declare import HOLD_KINDS
from .sampler import Sampler
from .texts import clean
from .timeline import Timeline

_SPECIFIC = ("all", "version", "host", "process")
Scoped = TypeVar("Scoped", Hold, Policy)
Key = tuple[Target, str]


@dataclass(frozen=True)
class Identity:
    """What scopes are matched with."""

    process: str
    host: str
    version: str

    def meant(self, scope: Scope) -> bool:
        """Whether a scope means this process."""
        mine = {"version": self.version, "host": self.host, "process": self.process}
        return scope.kind == "all" or mine[scope.kind] in scope.values


class DesiredState:
    """Keeps what means this process, and puts it into force."""

    def __init__(self, identity: Identity, timeline: Timeline, sampler: Sampler) -> None:
        self._identity = identity
        self._timeline = timeline
        self._sampler = sampler
        self.revision = 0
        self._holds: dict[str, Hold] = {}  # those that mean this process, by breaker
        self._policies: dict[Key, Policy] = {}
        self.refused: dict[Key, Refusal] = {}

    # -- the whole -----------------------------------------------------------------------------------------------------

    def whole(self) -> Desired:
        """What is in force here, to be kept on disk."""
        return Desired(
            revision=self.revision, holds=tuple(self._holds.values()), policies=tuple(self._policies.values())
        )

    def become(self, desired: Desired) -> None:
        """Put it into force, and withdraw what the console had set before and no longer wants."""
        holds = {hold.breaker: hold for hold in self._mine(desired.holds)}
        policies = {(policy.target, policy.name): policy for policy in self._mine(desired.policies)}
        for name in self._holds.keys() - holds.keys():
            self.unhold(name)
        for target, name in self._policies.keys() - policies.keys():
            self.lift(target, name, desired.revision)
        for hold in holds.values():
            self.hold(hold)
        for policy in policies.values():
            self.configure(policy if policy.revision else replace(policy, revision=desired.revision))
        self.revision = desired.revision

    def inherit(self, parent: DesiredState) -> None:
        """In a forked child: what the parent put into force is in force here too, until the console speaks."""
        self._holds, self._policies = dict(parent._holds), dict(parent._policies)

    def born(self, breakers: Iterable[str]) -> None:
        """Breakers of these names were made: those that are to be held are."""
        for name in breakers:
            if name in self._holds:
                self.hold(self._holds[name])

    def _mine(self, some: tuple[Scoped, ...]) -> list[Scoped]:
        """Those that mean this process, the most specific last, so that it wins."""
        return sorted(
            (each for each in some if self._identity.meant(each.scope)),
            key=lambda each: (_SPECIFIC.index(each.scope.kind), each.revision),
        )

    # -- holds ---------------------------------------------------------------------------------------------------------

    def hold(self, hold: Hold) -> str:
        """Hold all breakers of the name, now and when they are born; returns why not, or nothing."""
        self._holds[hold.breaker] = hold
        left = None if hold.until is None else self._timeline.until(hold.until)
        if left is not None and left <= 0:
            return "its end is past"
        for breaker in self._sampler.named(hold.breaker):
            if self._same(breaker.snapshot().hold, hold, left):
                continue
            verb = {"trip": breaker.trip, "disable": breaker.disable, "observe": breaker.observe}[hold.kind]
            verb(left, reason=hold.reason, actor=hold.actor)
        return ""

    def forget_hold(self, name: str) -> None:
        """The hold is over by another way (a reset, a release)."""
        self._holds.pop(name, None)

    def unhold(self, name: str) -> None:
        """Withdraw the console's hold; one that somebody else set meanwhile stays."""
        hold = self._holds.pop(name, None)
        if hold is None:
            return
        for breaker in self._sampler.named(name):
            present = breaker.snapshot().hold
            if present is not None and (present.actor, present.reason) == (hold.actor, hold.reason):
                breaker.release(reason="withdrawn by the console", actor=hold.actor)

    def _same(self, present: EngineHold | None, wanted: Hold, left: float | None) -> bool:
        """Whether it is held like that already."""
        if present is None or HOLD_KINDS[present.kind.value] != wanted.kind:
            return False
        if (present.reason, present.actor) != (wanted.reason, wanted.actor):
            return False
        if present.until is None or left is None:
            return present.until is None and left is None
        return abs(self._timeline.of(present.until) - self._timeline.now() - left) < 1.0

    # -- policies ------------------------------------------------------------------------------------------------------

    def configure(self, policy: Policy) -> str:
        """Put fields over the code's own; returns why it was refused, or nothing."""
        key = (policy.target, policy.name)
        why = self._override(policy.target, policy.name, policy.fields, policy.revision)
        if why:
            self.refused[key] = Refusal(target=policy.target, name=policy.name, why=why)
        else:
            self._policies[key] = policy
        return why

    def lift(self, target: Target, name: str, revision: int) -> str:
        """Let the code's own values stand again."""
        self._policies.pop((target, name), None)
        return self._override(target, name, None, revision)

    def _override(self, target: Target, name: str, fields: dict[str, FieldValue] | None, revision: int) -> str:
        self.refused.pop((target, name), None)
        try:
            registry.override(target, self._sampler.real_name(target, name), fields, revision)
        except (ValueError, TypeError) as error:
            return clean(str(error))
        return ""
