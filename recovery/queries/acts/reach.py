"""Whom an act on a breaker would hit: its linked processes in a scope, and how many calls a second they see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recovery import moment
from recovery.models import BreakerNow
from recovery.models.desired import fits
from recovery.queries import figures
from recovery.queries.breaker.which import Which
from recovery.queries.linking import is_linked

from .words import where

MOST_CHOICES = 100  # of one kind; a fleet is steered by version and host
SCOPES = (("version", "One version"), ("host", "One host"), ("process", "One process"))


@dataclass(frozen=True, slots=True)
class Runner:
    """A linked process that runs the breaker."""

    uid: str
    host: str
    pid: int
    version: str

    @property
    def name(self) -> str:
        """As pages call a process."""
        return f"{self.host} · {self.pid}"


@dataclass(frozen=True, slots=True)
class Reach:
    """What an act of this scope would hit now."""

    which: Which
    where: str  # the scope in words; empty: everywhere
    hit: int
    linked: int
    calls: float | None  # a second, in all linked processes; None: not known

    @property
    def share(self) -> float | None:
        """Calls a second that it would hit, if the processes share them evenly."""
        if self.calls is None or not self.linked:
            return self.calls
        return self.calls * self.hit / self.linked


def runners(which: Which) -> tuple[Runner, ...]:
    """The linked processes that run it. One query."""
    now = BreakerNow.objects.filter(breaker=which.id).filter(is_linked("process_id"))
    columns = ("process__uid", "process__host", "process__pid", "process__version")
    return tuple(Runner(*row) for row in now.order_by("process__host", "process__pid").values_list(*columns))


def reach(which: Which, scope: Mapping[str, Any], running: tuple[Runner, ...]) -> Reach:
    """Three queries."""
    rates = figures.of_breakers([which.id], figures.window(moment.now()))[which.id]
    hit = [each for each in running if fits(scope, uid=each.uid, host=each.host, version=each.version)]
    names = {each.uid: each.name for each in running}
    return Reach(which, where(scope, names), len(hit), len(running), rates.calls if running else None)


def choices(running: tuple[Runner, ...]) -> list[tuple[str, Any]]:
    """Scopes as a select offers them: all, then versions, hosts and processes that are linked now."""
    found: list[tuple[str, Any]] = [("all", f"All processes ({len(running)} linked)")]
    for kind, word in SCOPES:
        if its := _of_kind(kind, running):
            found.append((word, its))
    return found


def _of_kind(kind: str, running: tuple[Runner, ...]) -> list[tuple[str, str]]:
    if kind == "process":
        return [(f"process:{each.uid}", each.name) for each in running[:MOST_CHOICES]]
    counted = Counter(getattr(each, kind) for each in running if getattr(each, kind))
    its = sorted(counted.items())[:MOST_CHOICES]
    return [
        (f"{kind}:{value}", f"{value} ({count} {'process' if count == 1 else 'processes'})") for value, count in its
    ]
