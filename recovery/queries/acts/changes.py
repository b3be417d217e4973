"""What a revision of a service is: a hold, a release, a policy or a command, in one shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.models import Command, Hold, Policy

AnyChange = Hold | Policy | Command


@dataclass(frozen=True, slots=True)
class Change:
    """One revision. ``ends_at``: of a hold its end, of a command the moment after which nobody carries it out."""

    revision: int
    kind: str  # hold, policy, command
    verb: str  # trip, disable, observe, release; publish; reset, probe, restart …
    target: str
    on_breaker: bool
    scope: Mapping[str, Any]
    actor: str
    reason: str
    created_at: datetime
    ends_at: datetime | None

    @property
    def lasting(self) -> bool:
        """Whether it is desired state, which a process that comes later takes too."""
        return self.kind != "command"


def change_of(service: int, revision: int) -> Change | None:
    """The one with this revision; None: there is none. At most three queries."""
    for model in (Hold, Command, Policy):
        found: Any = model.objects.filter(service=service, revision=revision).first()
        if found is not None:
            return _change(found)
    return None


def _change(row: AnyChange) -> Change:
    shape: dict[str, Any]
    if isinstance(row, Hold):
        shape = {"kind": "hold", "verb": row.kind, "target": row.breaker, "on_breaker": True, "ends_at": row.ends_at}
    elif isinstance(row, Command):
        verbs = {"kind": "command", "verb": row.verb, "on_breaker": row.verb in {"reset", "probe"}}
        shape = verbs | {"target": row.target, "ends_at": row.expires_at}
    else:
        shape = {"kind": "policy", "verb": "publish", "target": row.target, "ends_at": None}
        shape["on_breaker"] = row.kind == "breaker"
    same = ("revision", "scope", "actor", "reason", "created_at")
    return Change(**shape, **{name: getattr(row, name) for name in same})


def acted_since(service: int, breaker: str, revision: int) -> bool:
    """Whether somebody acted on the breaker after this revision. At most two queries."""
    later = {"service": service, "revision__gt": revision}
    holds = Hold.objects.filter(breaker=breaker, **later)
    return holds.exists() or Command.objects.filter(target=breaker, **later).exists()
