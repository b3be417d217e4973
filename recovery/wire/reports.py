"""What a process sends."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from . import limits
from .events import AnyEvent
from .values import (
    Count,
    Counts,
    Fields,
    Histogram,
    Hold,
    Id,
    Labels,
    MaybeName,
    Moment,
    Name,
    Seconds,
    State,
    Tape,
    Target,
    Text,
    Value,
)

Version = Annotated[int, Meta(ge=1, le=1000)]


class Message(Value, frozen=True, tag_field="kind"):
    """One frame."""


class Hello(Message, frozen=True, tag="hello"):
    """Who is there. The first message of a process; on a living link it asks for a new welcome."""

    process: Name  # host, pid, start and something random: never used twice
    protocol: tuple[Version, Version]  # the oldest and the newest version spoken
    clock: Moment  # now, on the process's clock
    host: MaybeName = ""
    pid: Count = 0
    started: Moment = 0.0
    engine: MaybeName = ""  # version of Recovery
    runtime: MaybeName = ""  # CPython 3.11.7
    service_version: MaybeName = ""
    can: Annotated[
        tuple[Name, ...], Meta(max_length=limits.FIELDS)
    ] = ()  # restart, log_level, checks and check:<id> of each
    revision: Count = 0  # of the desired state that it applied last
    last_slot: Count = 0  # the last slot it closed
    last_seq: Count = 0  # the last event it numbered
    labels: Labels = field(default_factory=dict)
    restore: bool = False  # it wants to be told which breakers were OPEN in its predecessor


class BreakerDeclared(Value, frozen=True):
    """A breaker as it stands. In force is ``config`` with the fields of ``override`` over it."""

    name: Name
    state: State
    since: Moment
    sequence: Count = 0
    cause: Text = ""
    config: Fields = field(default_factory=dict)  # what the code says
    config_source: MaybeName = "code"
    override: Fields = field(default_factory=dict)
    revision: Count | None = None  # of the override
    locked: bool = False
    hold: Hold | None = None
    twins: Count = 1  # breakers of that name in the process
    service_name: MaybeName | None = None


class OperationDeclared(Value, frozen=True):
    """A retried operation. In force is ``config`` with the fields of ``override`` over it."""

    name: Name
    config: Fields = field(default_factory=dict)
    override: Fields = field(default_factory=dict)
    revision: Count | None = None
    locked: bool = False
    budget: bool = False
    twins: Count = 1
    service_name: MaybeName | None = None


class Declare(Message, frozen=True, tag="declare"):
    """Breakers and operations that were born, or whose configuration changed. May come in any number of frames."""

    breakers: Annotated[tuple[BreakerDeclared, ...], Meta(max_length=limits.DECLARED)] = ()
    operations: Annotated[tuple[OperationDeclared, ...], Meta(max_length=limits.DECLARED)] = ()


class BreakerSlice(Value, frozen=True):
    """A breaker that was called in the slot: totals since the process started, and the slot's outcome tape."""

    name: Name
    state: State
    successes: Count = 0
    failures: Count = 0
    ignored: Count = 0
    slow: Count = 0
    refused: Count = 0
    fallbacks: Count = 0
    latency: Histogram = ()
    tape: Tape = ()
    cut: bool = False
    lost: Count = 0  # tape entries that are missing

    @property
    def admitted(self) -> int:
        """Calls let in and settled."""
        return self.successes + self.failures + self.ignored

    @property
    def calls(self) -> int:
        """Admitted and refused."""
        return self.admitted + self.refused


class OperationSlice(Value, frozen=True):
    """A retried operation that was called in the slot: totals since the process started."""

    name: Name
    calls: Count = 0
    attempts: Count = 0
    retries: Count = 0
    successes_after_retry: Count = 0
    gave_up: Count = 0
    inner: Count = 0  # attempts that inner retries made before they gave up
    delay_seconds_total: Seconds = 0.0
    by_reason: Counts = field(default_factory=dict)

    @property
    def amplification(self) -> float:
        """Inner attempts per call."""
        return self.inner / self.calls if self.calls else 0.0


class ClientHealth(Value, frozen=True):
    """How the client itself is doing; counts since the process started."""

    waiting: Count = 0  # events and slots not yet acknowledged
    waiting_bytes: Count = 0
    dropped: Counts = field(default_factory=dict)  # by kind
    merged: Count = 0  # slots merged into longer ones
    unknown: Count = 0  # messages of unknown kind
    bad_frames: Count = 0
    reconnects: Count = 0
    left_out: Count = 0  # breakers and operations beyond the bound
    cut_names: Count = 0
    cpu_seconds: Seconds = 0.0  # of the client's thread
    lag_seconds: Seconds = 0.0  # how late the last sample was


class Slice(Message, frozen=True, tag="slice"):
    """A closed slot. (process, slot) is the key; it is kept when all ``parts`` are there."""

    slot: Count  # number of the slot: its start divided by 10 s
    start: Moment
    seconds: Annotated[int, Meta(ge=1, le=limits.LONGEST_SLICE)] = limits.SLOT_SECONDS
    part: Count = 0
    parts: Annotated[int, Meta(ge=1, le=10_000)] = 1
    breakers: Annotated[tuple[BreakerSlice, ...], Meta(max_length=limits.DECLARED)] = ()
    operations: Annotated[tuple[OperationSlice, ...], Meta(max_length=limits.DECLARED)] = ()
    client: ClientHealth | None = None  # in part 0


class Events(Message, frozen=True, tag="events"):
    """What happened, in the order of ``seq``. ``skipped`` is the reader's: events of a kind that it does not know."""

    events: Annotated[tuple[AnyEvent, ...], Meta(max_length=limits.EVENTS)]
    skipped: Count = 0


class BreakerPulse(Value, frozen=True):
    """A breaker right now; rates per second over the last second."""

    name: Name
    state: State
    calls: Seconds = 0.0
    failures: Seconds = 0.0
    refused: Seconds = 0.0
    window: tuple[Count, Count, Count] = (0, 0, 0)  # calls, failures, slow
    streak: Count = 0
    retry_after: Seconds | None = None
    in_flight: Count = 0
    p95: Seconds | None = None
    probed: Count = 0  # probes that succeeded so far


class Pulse(Message, frozen=True, tag="pulse"):
    """Each second while somebody watches. Never stored; the latest wins, breaker by breaker."""

    clock: Moment
    breakers: Annotated[tuple[BreakerPulse, ...], Meta(max_length=limits.DECLARED)] = ()


class Refusal(Value, frozen=True):
    """A part of the desired state that this process could not take, and why."""

    target: Target
    name: Name
    why: Text


class Applied(Message, frozen=True, tag="applied"):
    """What became of a directive (``id``), or of the desired state as a whole (no ``id``). Re-sent at each hello."""

    revision: Count
    at: Moment
    id: Id = ""
    outcome: Literal["applied", "refused", "expired", "skipped"] = "applied"
    why: Text = ""
    refused: Annotated[tuple[Refusal, ...], Meta(max_length=limits.DESIRED)] = ()
