"""What happened to a breaker: transitions with their evidence, holds and policies, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from recovery.models import Hold, Policy, Transition
from recovery.queries.breaker.which import Which

MOST = 100  # transitions that are read; those of several processes run together
SHOWN = 30
TOGETHER = 5.0  # s

WORDS = {
    "CLOSED": "Closed",
    "OPEN": "Opened",
    "HALF-OPEN": "Probing",
    "FORCED-OPEN": "Held open",
    "DISABLED": "Disabled",
    "METRICS-ONLY": "Only counting",
}
KINDS = {"trip": "Held open", "disable": "Disabled", "observe": "Only counting", "release": "Released"}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    at: datetime
    state: str  # of its bead
    word: str
    where: str
    more: int  # other processes in which the same happened then
    cause: str
    evidence: tuple[tuple[str, Any], ...] = ()
    actor: str = ""


def history(which: Which) -> tuple[Event, ...]:
    """Three queries."""
    transitions = Transition.objects.filter(breaker=which.id).select_related("process")[:MOST]
    holds = Hold.objects.filter(service=which.service_id, breaker=which.name)[:SHOWN]
    policies = Policy.objects.filter(service=which.service_id, kind="breaker", target=which.name)[:SHOWN]
    events = [
        *together([_changed(each) for each in transitions]),
        *(_held(each) for each in holds),
        *(_published(each) for each in policies),
    ]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True)[:SHOWN])


def together(events: Sequence[Event]) -> list[Event]:
    """What happened in several processes at nearly the same time for the same reason is told once."""
    told: list[Event] = []
    places: list[set[str]] = []  # in which each happened; twice in one process is told twice
    for event in events:
        near = (i for i in range(len(told) - 1, -1, -1) if _same(told[i], event) and event.where not in places[i])
        same = next(near, None)
        if same is None:
            told.append(event)
            places.append({event.where})
        else:
            told[same] = replace(event, more=told[same].more + 1)
            places[same].add(event.where)
    return told


def _same(later: Event, event: Event) -> bool:
    alike = (later.word, later.cause, later.actor) == (event.word, event.cause, event.actor)
    return alike and (later.at - event.at).total_seconds() <= TOGETHER


def _changed(each: Transition) -> Event:
    would = each.kind == "would_open"
    return Event(
        at=each.at,
        state="metrics-only" if would else each.after.lower(),
        word="Would have opened" if would else WORDS.get(each.after, each.after),
        where=str(each.process),
        more=0,
        cause=each.cause,
        evidence=tuple((name.replace("_", " "), value) for name, value in each.evidence.items()),
        actor=each.actor,
    )


def _held(each: Hold) -> Event:
    state = {"trip": "forced-open", "observe": "metrics-only", "disable": "disabled"}.get(each.kind, "closed")
    word = f"{KINDS.get(each.kind, each.kind)} from the console"
    return Event(each.created_at, state, word, "", 0, each.reason, actor=each.actor)


def _published(each: Policy) -> Event:
    word = f"Policy r{each.revision} " + ("lifted" if each.fields is None else "published")
    return Event(each.created_at, "forced-open", word, "", 0, each.reason, actor=each.actor)
