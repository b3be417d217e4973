"""What happened once in a process: transitions, errors, log records, results of checks. Each has its own ``seq``."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from . import limits
from .values import Context, Count, Facts, Id, MaybeName, Moment, Name, Seconds, State, Text, Value

Fingerprint = Annotated[str, Meta(max_length=limits.FINGERPRINT)]


class Event(Value, frozen=True, tag_field="kind"):
    """``seq`` rises strictly within a process; (process, seq) is the key. ``at`` is on the process's clock."""

    seq: Count
    at: Moment


class Transition(Event, frozen=True, tag="transition"):
    """A breaker changed its state, or would have (``would_open``: it was only observed)."""

    breaker: Name
    before: State
    after: State
    sequence: Count  # of the breaker itself; a would-open one carries that of the transition before it
    cause: Text = ""
    evidence: Facts = field(default_factory=dict)
    actor: MaybeName = ""
    would_open: bool = False
    twin: Count = 0  # which of several breakers of that name in the process
    missed: Count = 0  # transitions before this one that were overwritten before they could be read


class Error(Event, frozen=True, tag="error"):
    """One failed attempt or recorded failure, scrubbed. Without ``attempt`` a breaker recorded it."""

    id: Id
    fingerprint: Fingerprint
    severity: MaybeName
    title: Text
    message: Text
    exception_type: MaybeName
    operation: MaybeName
    category: MaybeName = "unknown"
    reason: MaybeName = "unknown"
    service_name: MaybeName | None = None
    context: Context = field(default_factory=dict)
    extras: Context = field(default_factory=dict)
    suggested_actions: Annotated[tuple[Text, ...], Meta(max_length=limits.SUGGESTIONS)] = ()
    recovery_possible: bool = True
    retry_recommended: bool = False
    attempt: Count | None = None
    will_retry: bool = False
    traceback: Annotated[str, Meta(max_length=limits.TRACEBACK)] | None = None


class ErrorCount(Event, frozen=True, tag="error_count"):
    """``count`` more errors of one fingerprint that are not sent one by one, between ``first`` and ``at``.

    An empty fingerprint counts those that nobody could look at.
    """

    fingerprint: Fingerprint
    count: Count
    first: Moment
    severity: MaybeName = ""
    title: Text = ""
    exception_type: MaybeName = ""
    operation: MaybeName = ""
    category: MaybeName = "unknown"
    reason: MaybeName = "unknown"


class Log(Event, frozen=True, tag="log"):
    """A log record, scrubbed."""

    logger: MaybeName
    level: Annotated[int, Meta(ge=0, le=1000)]
    message: Text
    operation: MaybeName = ""
    where: MaybeName = ""  # file and line
    thread: MaybeName = ""
    traceback: Annotated[str, Meta(max_length=limits.TRACEBACK)] | None = None
    fields: Facts = field(default_factory=dict)


class CheckResult(Event, frozen=True, tag="check"):
    """What an in-process check found."""

    check: Id
    healthy: bool
    run: Id = ""
    seconds: Seconds = 0.0
    detail: Text = ""


AnyEvent = Transition | Error | ErrorCount | Log | CheckResult
EVENT_KINDS = frozenset(("transition", "error", "error_count", "log", "check"))
