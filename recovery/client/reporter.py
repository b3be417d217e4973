"""Everything that the client's thread collects, without any network: looks, slots, events, and the box they wait in."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from recovery.engine import registry, sinks
from recovery.wire import AnyEvent, ClientHealth, Events, Slice, WireError, encode, limits

from .declare import Declarations
from .failures import Failures
from .inbox import Inbox
from .outbox import Outbox
from .sampler import Sampler
from .slots import SECONDS, Slots
from .texts import Names
from .timeline import Timeline
from .transitions import Transitions

if TYPE_CHECKING:
    from recovery.engine.clock import Clock

HEALTH_EVERY = 6  # slots: so often the client tells of itself when nothing else is to be told


class Reporter:
    """Call :meth:`collect` often and :meth:`second` once a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.names = Names()
        self.sampler = Sampler(self.names)
        self.inbox = Inbox()
        self._begin()

    def _begin(self) -> None:
        """What a process has of its own."""
        self.timeline = Timeline(self._clock)
        self.failures = Failures(self.timeline, self.inbox)
        self.outbox = Outbox(self.failures.count)
        self.slots = Slots(self.timeline.now())
        self.transitions = Transitions(self.sampler, self.names, self.timeline)
        self.declarations = Declarations(self.sampler, self.timeline)
        self.undeclared: set[str] = set()
        self.undeclared_operations: set[str] = set()
        self.unknown = self.bad_frames = self.reconnects = 0
        self._outlet_dropped = 0
        self._second = self.timeline.now()
        self._lag = 0.0
        self.cpu_seconds = 0.0

    def start(self) -> None:
        """From now on durations are measured, and failures reported here."""
        registry.measure(True)
        self._outlet = sinks.add_sink(self.failures)
        self._outlet_dropped = self._outlet.dropped
        self._second -= 1.0  # the first look is due at once, on the client's thread

    def stop(self) -> None:
        """Leave the engine as it was."""
        self.transitions.stop()
        sinks.remove_sink(self.failures)
        registry.measure(False)

    def reborn(self) -> None:
        """In a forked child: the parent's counts, events and listeners are the parent's."""
        self.transitions.stop()
        sinks.remove_sink(self.failures)
        self.inbox.take()
        self.sampler.rebase()
        self._begin()
        self._outlet = sinks.add_sink(self.failures)
        self._outlet_dropped = self._outlet.dropped
        self.transitions.listen([breaker for _, _, _, breaker in self.sampler.followed()])

    # -- often ---------------------------------------------------------------------------------------------------------

    def collect(self) -> None:
        """Put what happened into the box."""
        for event in self.inbox.take():
            self.put(event)
        self.transitions.take(self.put)

    def put(self, event: AnyEvent) -> None:
        """Put one event into the box; one that the wire refuses is counted, like everything that is lost."""
        try:
            encode(Events(events=(event,)))
        except WireError:
            self.outbox.dropped["refused"] += 1
        else:
            self.outbox.put(event)

    # -- once a second -------------------------------------------------------------------------------------------------

    def due(self) -> bool:
        """Whether a second is over."""
        return self.timeline.now() - self._second >= 1.0

    def second(self) -> list[str]:
        """Look at everything; returns the names of the breakers that were born."""
        now = self.timeline.now()
        self._lag = max(0.0, now - self._second - 1.0)
        self._second = now
        breakers, operations = self.sampler.look()
        self.transitions.listen(breakers)
        born = [self.names.of(breaker.name or "") for breaker in breakers]
        self.undeclared.update(born)
        self.undeclared_operations.update(self.names.of(operation.name) for operation in operations)
        if self.slots.due(now):
            self._close(now)
        return born

    def tell_counts(self) -> None:
        """Errors that were only counted become events (not before they can be sent: until then they add up)."""
        dropped = self._outlet.dropped
        self.failures.uncounted(dropped - self._outlet_dropped)
        self._outlet_dropped = dropped
        for count in self.failures.take():
            self.put(count)

    def close_slot(self) -> None:
        """Close the present slot before its time: the process ends."""
        self._close(self.timeline.now())

    def _close(self, now: float) -> None:
        self.transitions.take(self.put, everything=True)
        slot = self.slots.current
        part = self.slots.close(self.sampler, now)
        if part is None and slot % HEALTH_EVERY == 0:
            part = Slice(slot=slot, start=float(slot * SECONDS))
            self.slots.last = slot
        if part is not None:
            self.outbox.put_slice(replace(part, client=self.health()))

    def health(self) -> ClientHealth:
        """How the client is doing."""
        dropped = dict(self.outbox.dropped)
        if self.inbox.refused:
            dropped["inbox"] = self.inbox.refused
        return ClientHealth(
            waiting=len(self.outbox),
            waiting_bytes=self.outbox.bytes,
            dropped=dropped,
            merged=self.outbox.merged,
            unknown=self.unknown,
            bad_frames=self.bad_frames,
            reconnects=self.reconnects,
            left_out=min(self.sampler.left_out, limits.COUNT),
            cut_names=self.names.cut,
            cpu_seconds=self.cpu_seconds,
            lag_seconds=self._lag,
        )

    def note_cpu(self, began: float) -> None:
        """What this thread has used since it began."""
        self.cpu_seconds = max(0.0, time.thread_time() - began)
