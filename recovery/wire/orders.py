"""What the console sends."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from . import limits
from .reports import Message, Version
from .values import (
    EVERYWHERE,
    Count,
    Desired,
    Fields,
    HoldKind,
    Id,
    MaybeName,
    Moment,
    Name,
    Scope,
    Seconds,
    Target,
    Text,
    Value,
)


class Limits(Value, frozen=True):
    """What the console takes at most."""

    frame_bytes: Annotated[int, Meta(ge=1024, le=limits.FRAME_BYTES)] = limits.FRAME_BYTES
    events_per_second: Seconds = 1000.0
    unacknowledged: Annotated[int, Meta(ge=1, le=1000)] = 16  # frames on their way at once
    beat_seconds: Annotated[float, Meta(ge=1.0, le=600.0)] = limits.BEAT_SECONDS


class WasOpen(Value, frozen=True):
    """A breaker that was OPEN in a process of the same host and version that is gone, and for how long (s)."""

    breaker: Name
    opened_for: Seconds


class Welcome(Message, frozen=True, tag="welcome"):
    """The answer to hello. ``desired`` None: as it was at ``hello.revision``; else whole once all parts are there."""

    protocol: Version
    clock: Moment  # now, on the console's clock
    limits: Limits = field(default_factory=Limits)
    last_slot: Count = 0  # the last slot kept
    last_seq: Count = 0  # the last event kept
    desired: Desired | None = None
    part: Count = 0
    parts: Annotated[int, Meta(ge=1, le=10_000)] = 1
    restore: Annotated[tuple[WasOpen, ...], Meta(max_length=limits.DESIRED)] = ()  # where hello asked for it


class Watch(Message, frozen=True, tag="watch"):
    """Somebody looks at these breakers (none named: at all of them); send pulses for so long."""

    seconds: Annotated[float, Meta(ge=0.0, le=600.0)] = limits.WATCH_SECONDS
    breakers: Annotated[tuple[Name, ...], Meta(max_length=limits.WATCHED)] = ()


class SlowDown(Message, frozen=True, tag="slow_down"):
    """Send at most so many frames and events per second, for so long."""

    seconds: Annotated[float, Meta(ge=0.0, le=3600.0)]
    frames_per_second: Annotated[float, Meta(gt=0.0, le=100_000.0)] = 1.0
    events_per_second: Annotated[float, Meta(gt=0.0, le=1_000_000.0)] = 100.0
    reason: Text = ""


class Rejected(Value, frozen=True):
    """A slot or an event that can never be kept: to be dropped, not sent again."""

    why: Text
    slot: Count | None = None
    seq: Count | None = None


class Ack(Message, frozen=True, tag="ack"):
    """The database has these slots, and every event sent up to ``seq``."""

    slots: Annotated[tuple[Count, ...], Meta(max_length=limits.SLOTS)] = ()
    seq: Count = 0
    rejected: Annotated[tuple[Rejected, ...], Meta(max_length=limits.SLOTS)] = ()


class Act(Value, frozen=True, tag_field="kind"):
    """What a directive asks for."""


class HoldAct(Act, frozen=True, tag="hold"):
    """Hold a breaker until it is released, or until ``until`` (console time)."""

    breaker: Name
    hold: HoldKind
    until: Moment | None = None


class ReleaseAct(Act, frozen=True, tag="release"):
    """End the hold on a breaker."""

    breaker: Name


class ResetAct(Act, frozen=True, tag="reset"):
    """Close a breaker. A command."""

    breaker: Name
    unless_held: bool = False


class ProbeAct(Act, frozen=True, tag="probe"):
    """Let an open breaker probe now. A command."""

    breaker: Name
    unless_held: bool = False


class ConfigureAct(Act, frozen=True, tag="configure"):
    """Put fields over the code's own; None lifts them."""

    target: Target
    name: Name
    fields: Fields | None = None


class RestartAct(Act, frozen=True, tag="restart"):
    """Restart the process the way it declared. A command."""

    delay: Annotated[float, Meta(ge=0.0, le=3600.0)] = 0.0


class RunCheckAct(Act, frozen=True, tag="run_check"):
    """Run an in-process check now. A command."""

    check: Id
    run: Id = ""


class LogLevelAct(Act, frozen=True, tag="log_level"):
    """Ship log records from this level on, for so long (0: for good). A command."""

    level: Annotated[int, Meta(ge=0, le=1000)]
    logger: MaybeName = ""
    seconds: Annotated[float, Meta(ge=0.0, le=86_400.0)] = 0.0


class UnknownAct(Act, frozen=True, tag="unknown"):
    """Stands for an act of a kind that the reader does not know."""

    name: MaybeName = ""


AnyAct = HoldAct | ReleaseAct | ResetAct | ProbeAct | ConfigureAct | RestartAct | RunCheckAct | LogLevelAct | UnknownAct
ACT_KINDS = frozenset(
    ("hold", "release", "reset", "probe", "configure", "restart", "run_check", "log_level", "unknown")
)


class Directive(Message, frozen=True, tag="directive"):
    """Something to do. ``revision`` is that of the desired state with it (0: it changes none, a mere command).

    ``base`` is the revision that it builds on: who has an older one says hello again. ``expires`` is in console time.
    """

    id: Id
    do: AnyAct
    revision: Count = 0
    base: Count = 0
    expires: Moment | None = None
    scope: Scope = EVERYWHERE
    actor: MaybeName = ""
    reason: Text = ""


class Beat(Message, frozen=True, tag="beat"):
    """Both sides, every 15 s: still there, and what the clock says."""

    clock: Moment
    echo: Moment = 0.0  # the clock of the beat this answers


class Bye(Message, frozen=True, tag="bye"):
    """Both sides: a clean leave. The console may ask to stay away for a while."""

    reason: MaybeName = "closing"  # closing, restart, replaced, protocol, revoked, refused
    text: Text = ""
    retry_after: Seconds | None = None
