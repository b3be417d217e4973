"""What people and deployments did to a breaker in a span: policies, holds, resets, new versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Min, Q

from recovery.models import Command, Hold, Policy, Process
from recovery.models.desired import RELEASE
from recovery.queries.breaker.which import Which
from recovery.queries.rollouts.listed import reached

MOST = 20  # of each kind, and in all: the newest
HELD = {"trip": "held open", "disable": "disabled", "observe": "only counting"}
COMMANDS = {"reset": "reset", "probe": "probe now"}


@dataclass(frozen=True, slots=True)
class Happened:
    """One of them; a hold lasts from `at` to `until`."""

    at: datetime
    kind: str  # policy, hold, command, version
    word: str
    actor: str = ""
    reason: str = ""
    until: datetime | None = None

    @property
    def lasted(self) -> float | None:
        """How long, in seconds."""
        return (self.until - self.at).total_seconds() if self.until else None


def happened(which: Which, since: datetime, now: datetime) -> tuple[Happened, ...]:
    """The newest, oldest first. Four queries."""
    found = [*_policies(which, since), *_holds(which, since, now), *_commands(which, since), *_versions(which, since)]
    return tuple(sorted(found, key=lambda each: each.at)[-MOST:])


def _policies(which: Which, since: datetime) -> Iterator[Happened]:
    its = Policy.objects.filter(service=which.service_id, kind="breaker", target=which.name, created_at__gte=since)
    for each in its[:MOST]:
        word = f"policy r{each.revision}" + (" lifted" if each.fields is None else "")
        word += f" for {reached(each.scope)}" if each.scope else ""
        yield Happened(each.created_at, "policy", word, each.actor, each.reason)


def _holds(which: Which, since: datetime, now: datetime) -> Iterator[Happened]:
    its = Hold.objects.filter(Q(ended_at=None) | Q(ended_at__gt=since), service=which.service_id, breaker=which.name)
    for each in its.exclude(kind=RELEASE)[:MOST]:
        ends = each.ended_at or each.ends_at
        until = min(ends, now) if ends else now
        if until > since:
            yield Happened(each.created_at, "hold", HELD.get(each.kind, each.kind), each.actor, each.reason, until)


def _commands(which: Which, since: datetime) -> Iterator[Happened]:
    its = Command.objects.filter(service=which.service_id, expires_at__gte=since, target=which.name, verb__in=COMMANDS)
    for each in its.filter(created_at__gte=since)[:MOST]:
        yield Happened(each.created_at, "command", COMMANDS[each.verb], each.actor, each.reason)


def _versions(which: Which, since: datetime) -> Iterator[Happened]:
    """A version of which no process was there when the span began."""
    there = Process.objects.filter(service=which.service_id, heard_at__gte=since).exclude(version="").order_by()
    new = there.values("version").annotate(first=Min("first_seen_at")).filter(first__gt=since).order_by("-first")
    for version, first in new.values_list("version", "first")[:MOST]:
        yield Happened(first.astimezone(UTC), "version", f"version {version}")
