"""Transitions of every breaker, none lost: a listener only says that there is something, the breaker's ring has it."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from recovery.engine import CircuitBreaker
from recovery.engine.events import BreakerEvent
from recovery.engine.events import Transition as Made
from recovery.wire import Transition, limits

from .follow import BreakerRow, FollowedBreaker
from .sampler import Sampler
from .texts import Names, clean
from .timeline import Timeline

Put = Callable[[Transition], None]


class Transitions:
    """Reads what is new. ``heard`` runs on the dispatcher's thread and only leaves a hint."""

    def __init__(self, sampler: Sampler, names: Names, timeline: Timeline) -> None:
        self._sampler = sampler
        self._names = names
        self._timeline = timeline
        self._hints: deque[str] = deque()
        self._crossed: deque[BreakerEvent] = deque(maxlen=limits.EVENTS)

    def listen(self, breakers: Iterable[CircuitBreaker]) -> None:
        """Be told of these from now on."""
        wanted = {id(breaker) for breaker in breakers}
        for _, _, followed, breaker in self._sampler.followed():
            if id(breaker) in wanted:
                followed.unlisten = breaker.on_event(self.heard)

    def stop(self) -> None:
        """Listen to nobody any more."""
        for _, _, followed, _ in self._sampler.followed():
            followed.unlisten()

    def heard(self, event: BreakerEvent) -> None:
        """There is something to read."""
        if event.kind == "would_open":
            self._crossed.append(event)
        elif event.breaker is not None:
            self._hints.append(event.breaker)

    def take(self, put: Put, *, everything: bool = False) -> None:
        """Hand on all that is new; ``everything``: also where nothing was heard."""
        names = set()
        while self._hints:
            names.add(self._names.of(self._hints.popleft()))
        for row in list(self._sampler.breakers.values()) if everything else self._rows(names):
            for twin, (followed, breaker) in enumerate(row.living()):
                self._read(row, twin, followed, breaker, put)
        while self._crossed:
            event = self._crossed.popleft()
            name = self._names.of(event.breaker or "")
            put(self._told(name, 0, event, would_open=True))

    def _rows(self, names: Iterable[str]) -> Iterable[BreakerRow]:
        return [row for name in names if (row := self._sampler.breakers.get(name)) is not None]

    def _read(self, row: BreakerRow, twin: int, followed: FollowedBreaker, breaker: CircuitBreaker, put: Put) -> None:
        found, followed.sequence, missed = breaker.transitions_after(followed.sequence)
        for made in found:
            put(self._told(row.name, twin, made, missed=missed))
            missed = 0

    def _told(
        self, name: str, twin: int, made: Made | BreakerEvent, *, missed: int = 0, would_open: bool = False
    ) -> Transition:
        return Transition(
            seq=0,
            at=self._timeline.of(made.at),
            breaker=name,
            before=made.before.value,
            after=made.after.value,
            sequence=made.sequence,
            cause=clean(made.cause),
            evidence=flat(made.evidence),
            actor=clean(made.actor, limits.NAME),
            would_open=would_open,
            twin=twin,
            missed=missed,
        )


def flat(facts: Mapping[str, Any]) -> dict[str, bool | int | float | str | None]:
    """Plain values under bounded names."""
    some = list(facts.items())[: limits.FIELDS]
    return {clean(str(name), limits.NAME) or "?": _scalar(value) for name, value in some}


def _scalar(value: Any) -> bool | int | float | str | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= limits.COUNT:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    return clean(str(value))
