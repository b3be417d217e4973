"""What a service is wanted to do, as the wire says it: whole for whoever arrives, step by step for those linked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from recovery import wire
from recovery.models import Command, Confirmation, Hold, Policy, Service
from recovery.models.desired import RELEASE, fits, in_force
from recovery.models.shares import SHARE

from .jobs import Peer

MOST_AT_ONCE = 1_000
Known = dict[int, tuple[int, list[Policy]]]  # by service, at which revision: policies that may be in force
NOBODY = wire.Scope(kind="process")


@dataclass(frozen=True, slots=True)
class Step:
    """One revision as a directive, and which processes it means."""

    revision: int
    directive: wire.Directive
    scope: dict[str, Any]

    def means(self, peer: Peer) -> bool:
        """Whether this process has to confirm it."""
        return fits(self.scope, uid=peer.uid, host=peer.host, version=peer.version)

    @property
    def elsewhere(self) -> wire.Directive:
        """As it is told to those that it does not mean; of shares only the console knows."""
        return replace(self.directive, scope=NOBODY) if self.scope.get("kind") == SHARE else self.directive


def desired_of(
    service: int, *, uid: str, host: str, version: str, now: datetime, known: Known | None = None
) -> wire.Desired:
    """Holds and policies in force for one process; of several of one target that mean it the newest counts."""
    revision = Service.objects.values_list("revision", flat=True).get(pk=service)
    newest: dict[str, Hold] = {}
    for hold in Hold.objects.filter(service=service).standing(now).order_by("revision"):
        if fits(hold.scope, uid=uid, host=host, version=version):
            newest[hold.breaker] = hold
    holds = tuple(_hold(hold) for hold in newest.values() if hold.kind != RELEASE)
    reach = _reach(service, revision, {} if known is None else known)
    policies = in_force(reach, uid=uid, host=host, version=version).values()
    wanted = tuple(_policy(policy) for policy in policies if policy.fields is not None)
    return wire.Desired(revision=revision, holds=holds, policies=wanted)


def _reach(service: int, revision: int, known: Known) -> list[Policy]:
    """Policies that may be in force somewhere. At one revision they are the same for all who say hello."""
    if known.get(service, (-1, []))[0] != revision:
        rows = Policy.objects.filter(service=service, revision__lte=revision).in_reach()
        known[service] = revision, list(rows.order_by("revision"))
    return known[service][1]


def commands_for(peer: Peer, now: datetime) -> list[Step]:
    """Commands that are not over, mean this process and were not answered by it."""
    answered = Confirmation.objects.filter(process=peer.process).exclude(at=None).values("revision")
    waiting = Command.objects.filter(service=peer.service, expires_at__gt=now).exclude(revision__in=answered)
    return [step for command in waiting.order_by("revision") if (step := _command(command)).means(peer)]


def steps_after(service: int, revision: int, now: datetime) -> tuple[list[Step], int]:
    """Every revision after this one, in order, and how far they go; commands that are over are left out."""
    changes: list[Hold | Policy | Command] = [
        *Hold.objects.filter(service=service, revision__gt=revision).order_by("revision")[:MOST_AT_ONCE],
        *Policy.objects.filter(service=service, revision__gt=revision).order_by("revision")[:MOST_AT_ONCE],
        *Command.objects.filter(service=service, revision__gt=revision).order_by("revision")[:MOST_AT_ONCE],
    ]
    changes.sort(key=lambda change: change.revision)
    del changes[MOST_AT_ONCE:]
    steps = (_step(change, base, now) for change, base in zip(changes, _bases(service, revision, changes), strict=True))
    return [step for step in steps if step is not None], changes[-1].revision if changes else revision


def _bases(service: int, revision: int, changes: Sequence[Hold | Policy | Command]) -> Iterable[int]:
    """What each builds on: the last change of the desired state before it (commands change none)."""
    if not changes:
        return
    base = 0
    for model in (Hold, Policy):
        rows = model.objects.filter(service=service, revision__lte=revision).order_by("-revision")
        base = max(base, rows.values_list("revision", flat=True).first() or 0)
    for change in changes:
        yield base
        if not isinstance(change, Command):
            base = change.revision


def _step(change: Hold | Policy | Command, base: int, now: datetime) -> Step | None:
    if isinstance(change, Command):
        return _command(change) if change.expires_at > now else None
    act: wire.AnyAct
    if isinstance(change, Policy):
        act = wire.ConfigureAct(target=_target(change.kind), name=change.target, fields=change.fields)
    elif change.kind == RELEASE:
        act = wire.ReleaseAct(breaker=change.breaker)
    else:
        act = wire.HoldAct(breaker=change.breaker, hold=_kind(change.kind), until=_seconds(change.ends_at))
    directive = wire.Directive(
        id=f"r{change.revision}",
        do=act,
        revision=change.revision,
        base=base,
        scope=scope_of(change.scope),
        actor=change.actor,
        reason=change.reason,
    )
    return Step(change.revision, directive, change.scope)


def _command(command: Command) -> Step:
    directive = wire.Directive(
        id=str(command.pk),
        do=_act(command),
        expires=command.expires_at.timestamp(),
        scope=scope_of(command.scope),
        actor=command.actor,
        reason=command.reason,
    )
    return Step(command.revision, directive, command.scope)


def _act(command: Command) -> wire.AnyAct:
    said = command.arguments
    if command.verb == "reset":
        return wire.ResetAct(breaker=command.target, unless_held=bool(said.get("unless_held")))
    if command.verb == "probe":
        return wire.ProbeAct(breaker=command.target, unless_held=bool(said.get("unless_held")))
    if command.verb == "restart":
        return wire.RestartAct(delay=said.get("delay", 0.0))
    if command.verb == "run_check":
        return wire.RunCheckAct(check=command.target, run=said.get("run", ""))
    return wire.LogLevelAct(level=said["level"], logger=command.target, seconds=said.get("seconds", 0.0))


def scope_of(scope: dict[str, Any]) -> wire.Scope:
    """The scope as the wire says it to those that it means."""
    if not scope or scope["kind"] == SHARE:
        return wire.EVERYWHERE
    return wire.Scope(kind=scope["kind"], values=tuple(scope.get("values", ())))


def _hold(hold: Hold) -> wire.Hold:
    return wire.Hold(
        breaker=hold.breaker,
        kind=_kind(hold.kind),
        reason=hold.reason,
        actor=hold.actor,
        until=_seconds(hold.ends_at),
        scope=scope_of(hold.scope),
        revision=hold.revision,
    )


def _policy(policy: Policy) -> wire.Policy:
    target, fields = _target(policy.kind), policy.fields or {}
    return wire.Policy(target=target, name=policy.target, fields=fields, revision=policy.revision)


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _kind(kind: str) -> Any:
    return kind


def _target(kind: str) -> Any:
    return kind
