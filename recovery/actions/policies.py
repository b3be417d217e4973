"""Policies: fields put over the code's own config, checked against the engine's ranges, published under one lock.

Who publishes says on which revision of the target the edit builds; where somebody else was faster it is a Conflict
that carries both sides. Rolling back is publishing the older fields; ``fields=None`` returns to the code's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from recovery.engine import BreakerConfig, RetryConfig
from recovery.live.hints import hint_on_commit
from recovery.models import Breaker, Operation, Policy, Service
from recovery.moment import now
from recovery.permissions import Act
from recovery.wire import limits

from .actor import Actor
from .audit import record
from .desired import breaker_of, next_revision, reason_checked
from .may import insist
from .problems import Conflict, Invalid, Unchanged, UnknownOperation
from .rolling import insist_nothing_rolls

Fields = Mapping[str, Any]
CONFIGS: dict[str, type[BreakerConfig] | type[RetryConfig]] = {"breaker": BreakerConfig, "operation": RetryConfig}
LOCKED = "locked"


def publish(
    service: Service, kind: str, target: str, fields: Fields | None, *, actor: Actor, base: int, reason: str
) -> Policy:
    """Put fields over a breaker's or an operation's own. ``base``: the revision of the policy that was edited, or 0."""
    insist(actor, Act.PUBLISH_POLICIES, target=target, service=service)
    row = target_of(service, kind, target)
    said, wanted = asked(kind, row, fields, reason)
    with transaction.atomic():
        revision = next_revision(service)
        insist_nothing_rolls(service, kind, target, wanted)
        present = newest(service, kind, target)
        if (present.revision if present else 0) != base:
            raise _conflict(present, wanted)
        if (present.fields if present else None) == wanted:
            raise Unchanged(f"the policy of {target!r} is that already")
        made = Policy.objects.create(
            service=service,
            kind=kind,
            target=target,
            fields=wanted,
            reason=said,
            actor=actor.name[:100],
            revision=revision,
            created_at=now(),
        )
        record(
            actor,
            "publish policy" if wanted is not None else "return to code",
            target=target,
            service=service,
            reason=said,
            before=present.fields if present else None,
            after=wanted,
            revision=revision,
        )
        hint_on_commit("breaker" if kind == "breaker" else "service", row.pk if kind == "breaker" else service.pk)
    return made


def newest(service: Service, kind: str, target: str) -> Policy | None:
    """The last word for all on a target; its ``fields`` may be None: the code's own."""
    found = Policy.objects.filter(service=service, kind=kind, target=target).for_all()
    return found.order_by("-revision").first()


def target_of(service: Service, kind: str, target: str) -> Breaker | Operation:
    """The row of a policy's target. Raises UnknownBreaker, UnknownOperation or Invalid."""
    if kind not in CONFIGS:
        raise Invalid({"kind": f"kind must be breaker or operation, got {kind!r}"})
    if kind == "breaker":
        return breaker_of(service, target)
    found = Operation.objects.filter(service=service, name=target).first()
    if found is None:
        raise UnknownOperation(target)
    return found


def asked(kind: str, row: Breaker | Operation, fields: Fields | None, reason: str) -> tuple[str, dict[str, Any] | None]:
    """The reason and the fields as they are kept. Raises Invalid with the problems of both."""
    said, wanted, problems = "", None, dict[str, str]()
    try:
        said = reason_checked(reason, required=True)
    except Invalid as problem:
        problems |= problem.problems
    try:
        wanted = None if fields is None else checked(kind, row, fields)
    except Invalid as problem:
        problems |= problem.problems
    if problems:
        raise Invalid(problems)
    return said, wanted


def checked(kind: str, row: Breaker | Operation, fields: Fields) -> dict[str, Any]:
    """The fields as they are kept, JSON-ready. Raises Invalid with every problem at once."""
    config = CONFIGS[kind]
    if row.locked:
        raise Invalid({"": f"{row.name!r} is locked in code: it takes no override"})
    names = {config._ALIASES.get(name, name): value for name, value in fields.items()}
    if not names:
        raise Invalid({"": "name at least one field, or return to the code's own"})
    problems = {name: f"{config.__name__} has no field {name}" for name in names if name not in config.FIELDS}
    if LOCKED in names:
        problems[LOCKED] = "locked can only be set in code"
    known = {name: value for name, value in names.items() if name not in problems}
    wrong = ((name, config.FIELDS[name].problem(value) or _too_big(name, value)) for name, value in known.items())
    problems |= {name: said for name, said in wrong if said}
    if problems:
        raise Invalid(problems)
    whole = _together(config, row.code_config, known)
    return {name: whole[name] for name in sorted(known)}


def _too_big(name: str, value: Any) -> str | None:
    """What no process could be told: the wire has whole numbers up to 2**53."""
    values = value.values() if isinstance(value, Mapping) else (value,)
    if not any(isinstance(each, int) and abs(each) > limits.COUNT for each in values):
        return None
    return f"{name} must be at most {limits.COUNT:,}, or no process can be told"


def _together(config: type[BreakerConfig] | type[RetryConfig], code: Fields, fields: Fields) -> dict[str, Any]:
    """All fields as plain data: what is legal alone must be legal with the code's own. Raises Invalid."""
    own = {name: value for name, value in code.items() if name in config.FIELDS}
    try:
        return config.from_dict({**own, **fields}).as_dict()
    except (ValueError, TypeError) as problem:
        raise Invalid({"": str(problem)}) from problem


def _conflict(present: Policy | None, wanted: dict[str, Any] | None) -> Conflict:
    if present is None:
        return Conflict(0, "", None, wanted)
    return Conflict(present.revision, present.actor, present.fields, wanted)
