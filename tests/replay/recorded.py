"""A real breaker that lives through made-up hours on a fake clock, recorded by the real client's sampler.

What comes out is what the console has of it: packed slices and transitions, and nothing else.
"""

from __future__ import annotations

import heapq
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from recovery import wire
from recovery.client.sampler import Sampler
from recovery.client.slots import Slots
from recovery.client.texts import Names
from recovery.client.timeline import Timeline
from recovery.client.transitions import Transitions
from recovery.engine import BreakerConfig, CircuitBreaker, CircuitBreakerOpenError, registry
from recovery.ingest.packing import pack, part_of
from recovery.queries.replay.order import ordered
from recovery.queries.replay.run import Run, run
from recovery.queries.replay.stays import Changed, Stays, stays
from recovery.queries.replay.story import Story
from recovery.queries.replay.tape import Tape, Totals
from recovery.testing import FakeClock

MOODS = ((0.0, 0.0), (0.02, 0.05), (0.5, 0.3), (1.0, 0.2), (0.3, 0.9))  # shares that fail, that are slow


@dataclass
class Life:
    """One process with one breaker. ``turn`` steers what happens to it now and then."""

    config: BreakerConfig
    seed: int
    rate: float = 5.0  # calls a second
    mood_seconds: float = 40.0
    turn: Callable[[Life, float], None] | None = None
    phase: float = 0.0  # s of the day at which it begins: the client looks once a second from then on
    name: str = field(default_factory=lambda: f"replay.{uuid.uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        self.draw = random.Random(self.seed)
        registry._state.random.seed(self.seed)  # the waits that are drawn
        self.clock = FakeClock()
        self.clock._day += timedelta(seconds=self.phase)
        self.breaker = CircuitBreaker(name=self.name, config=self.config, clock=self.clock)
        self.timeline = Timeline(self.clock)
        self.names = Names()
        self.sampler = Sampler(self.names)
        self.slots = Slots(self.timeline.now())
        self.transitions = Transitions(self.sampler, self.names, self.timeline)
        self.blobs: list[bytes] = []
        self.slices: list[wire.Slice] = []
        self.told: list[wire.Transition] = []
        self.ends: list[tuple[float, int, Any, bool, bool]] = []
        self.count = 0
        self.over = 0.0

    @property
    def now(self) -> float:
        """Seconds since it began."""
        return self.clock.monotonic()

    def live(self, seconds: float) -> Life:
        """Let it take calls for so long; the client looks once a second."""
        with registry._state.lock:  # one process, one breaker
            registry._state.breakers.clear()
            registry._state.breakers.add(self.breaker)
        registry.measure(True)
        until, mood, changes = self.now + seconds, MOODS[0], self.now
        call, look = self.now, float(int(self.now) + 1)
        self.sampler.look()
        while min(call, look) < until:
            if self.ends and self.ends[0][0] <= min(call, look):
                self._settle()
            elif look <= call:
                self._to(look)
                self._look()
                look += 1.0
            else:
                self._to(call)
                if call >= changes:
                    mood, changes = self.draw.choice(MOODS), call + self.draw.expovariate(1 / self.mood_seconds)
                self._arrive(mood)
                call += self.draw.expovariate(self.rate)
        self._to(until)
        self._look()
        self.over = self.now
        registry.measure(False)
        return self

    def _to(self, moment: float) -> None:
        self.clock.advance(max(0.0, moment - self.now))

    def _arrive(self, mood: tuple[float, float]) -> None:
        limit = self.config.slow_call_duration
        failing, slow = self.draw.random() < mood[0], self.draw.random() < mood[1]
        takes = (limit or 0.2) * (self.draw.uniform(1.0, 2.0) if slow else self.draw.uniform(0.01, 0.9))
        try:
            permit = self.breaker.acquire()
        except CircuitBreakerOpenError:
            return
        self.count += 1
        heapq.heappush(self.ends, (self.now + takes, self.count, permit, failing, slow))

    def _settle(self) -> None:
        moment, _, permit, failing, _ = heapq.heappop(self.ends)
        self._to(moment)
        if failing:
            permit.failure()
        else:
            permit.success()

    def _look(self) -> None:
        if self.turn is not None:
            self.turn(self, self.now)
        self.sampler.look()
        self.transitions.take(self.told.append)
        if self.slots.due(self.timeline.now()):
            self.close()

    def close(self) -> None:
        """End the present slot."""
        self.transitions.take(self.told.append, everything=True)
        made = self.slots.close(self.sampler, self.timeline.now())
        if made is not None:
            mine = tuple(part for part in made.breakers if part.name == self.name)
            self.slices.append(made)
            self.blobs.append(pack(wire.Slice(slot=made.slot, start=made.start, seconds=made.seconds, breakers=mine)))

    # -- what the console makes of it ----------------------------------------------------------------------------------

    @property
    def begun(self) -> int:
        """When it began (ms)."""
        return round(self.timeline.started * 1000)

    @property
    def ended(self) -> int:
        """When it was over (ms)."""
        return round((self.timeline.started + self.over) * 1000)

    def tape(self) -> Tape:
        """Its slices."""
        tape = Tape(totals=Totals())
        for blob in self.blobs:
            found = part_of(blob, self.name)
            if found is not None:
                start, seconds, part = found
                tape.add(round(start * 1000), round(start * 1000) + seconds * 1000, part)
        return tape

    def changes(self) -> list[Changed]:
        """Its transitions, as the console keeps them."""
        mine = [each for each in self.told if each.breaker == self.name and not each.would_open]
        return [Changed(e.before, e.after, e.cause, e.evidence, round(e.at * 1000)) for e in mine]

    def stays(self) -> Stays:
        """What they say."""
        return stays(self.changes(), "CLOSED", self.begun)

    def story(self, config: BreakerConfig | None = None, begin: int | None = None) -> Story:
        """All in order."""
        present = config or self.config
        begin = self.begun if begin is None else begin
        return ordered(self.tape(), self.stays(), begin, self.ended, lambda n: round(present.open_wait(n, 1.0) * 1000))

    def replayed(self, config: BreakerConfig | None = None) -> Run:
        """Under the present configuration, or another."""
        return run(self.story(), config or self.config, self.config)

    def openings(self) -> list[int]:
        """When it really went from closed to open (ms)."""
        return [each.at for each in self.changes() if each.after == "OPEN" and each.before == "CLOSED" and each.own]

    def reopenings(self) -> list[int]:
        """When a probe really failed (ms)."""
        return [each.at for each in self.changes() if each.after == "OPEN" and each.before == "HALF-OPEN"]
