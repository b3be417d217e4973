"""One act on many breakers: one audit entry with a child for each, done or refused; what is refused stops no other.

Each child is a transaction of its own, so that hundreds of them never keep the database from the reports of services.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from recovery.models import AuditEntry, Breaker, Hold
from recovery.moment import now
from recovery.permissions import Act, may

from . import commands, holds
from .actor import Actor
from .audit import record
from .desired import end_checked, reason_checked, together
from .may import insist
from .problems import ActionProblem, Invalid

MOST_AT_ONCE = 500
HOLDS = ("trip", "disable", "observe")
VERBS = (*HOLDS, "release", "reset", "probe")

Standing = dict[tuple[int, str], list[Hold]]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of it: the parent entry, and how many breakers it was done on and refused for."""

    entry: AuditEntry
    done: int
    refused: int


def act_on(
    keys: Collection[int],
    verb: str,
    *,
    actor: Actor,
    reason: str = "",
    seconds: float | None = None,
    until: datetime | None = None,
) -> Done:
    """Trip, disable, observe, release, reset or probe these breakers. Holds of all of them end at the same moment."""
    ends_at, said = _checked(keys, verb, reason, seconds, until)
    breakers = list(Breaker.objects.filter(pk__in=keys).select_related("service").order_by("service", "name"))
    allowed = [row for row in breakers if actor.user is None or may(actor.user, Act.STEER_BREAKERS, row.service)]
    if breakers and not allowed:
        insist(actor, Act.STEER_BREAKERS, target=_several(len(breakers)), service=breakers[0].service)
    entry = record(actor, f"{verb} several", target=_several(len(keys)), reason=said, after=_asked(keys, ends_at))
    standing = _standing(breakers)
    how: dict[str, Any] = {"actor": actor, "reason": said, "parent": entry}
    if verb in HOLDS:
        how |= {"until": ends_at, "unless_like": True}
    done = sum(_one(row, verb, standing[row.service_id, row.name], row in allowed, how) for row in breakers)
    return Done(entry, done, len(keys) - done)


def _checked(
    keys: Collection[int], verb: str, reason: str, seconds: float | None, until: datetime | None
) -> tuple[datetime | None, str]:
    def verb_known() -> None:
        if verb not in VERBS:
            raise Invalid({"verb": f"verb must be one of {', '.join(VERBS)}, got {verb!r}"})

    def few_enough() -> None:
        if not 1 <= len(set(keys)) <= MOST_AT_ONCE:
            raise Invalid({"": f"name 1 to {MOST_AT_ONCE} breakers at once, got {len(set(keys))}: narrow the filter"})

    def end() -> datetime | None:
        return end_checked(seconds, until) if verb in HOLDS else None

    *_, said, ends_at = together(verb_known, few_enough, lambda: reason_checked(reason, required=verb in HOLDS), end)
    return ends_at, said


def _several(count: int) -> str:
    return "1 breaker" if count == 1 else f"{count} breakers"


def _asked(keys: Collection[int], ends_at: datetime | None) -> dict[str, Any]:
    return {"breakers": len(keys), "until": ends_at.isoformat() if ends_at else None}


def _standing(breakers: Collection[Breaker]) -> Standing:
    """What holds them now, read once."""
    found: Standing = defaultdict(list)
    its = Hold.objects.in_force(now()).filter(service__in={row.service_id for row in breakers})
    for hold in its.order_by("revision"):
        found[hold.service_id, hold.breaker].append(hold)
    return found


def _one(row: Breaker, verb: str, standing: list[Hold], allowed: bool, how: dict[str, Any]) -> bool:
    """Whether it was done; a refusal is a child entry that says why."""
    why = _already(row, verb, standing) if allowed else f"you may not act on {row.service}"
    if not why:
        try:
            _do(row, verb, how)
            return True
        except ActionProblem as problem:
            why = str(problem)
    told = {"target": row.name, "service": row.service, "reason": how["reason"], "parent": how["parent"]}
    record(how["actor"], verb, refused=True, after={"why": why}, **told)
    return False


def _already(row: Breaker, verb: str, standing: list[Hold]) -> str:
    """Why no command is sent; that nobody's hold is shortened by the way is seen under the lock."""
    if verb == "reset" and row.state == "CLOSED" and not standing:
        return "it is closed already"
    if verb == "probe" and row.state != "OPEN":
        return f"it is {row.state.lower() or 'not known'}: only an open breaker probes"
    return ""


def _do(row: Breaker, verb: str, how: dict[str, Any]) -> None:
    if verb in HOLDS:
        holds.hold(row.service, row.name, verb, **how)
    elif verb == "release":
        holds.release(row.service, row.name, **how)
    else:
        commands.command(row.service, row.name, verb, **how)
