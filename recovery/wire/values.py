"""The small types that messages are made of: bounded texts, counts, moments, scopes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from . import limits

Name = Annotated[str, Meta(min_length=1, max_length=limits.NAME)]
MaybeName = Annotated[str, Meta(max_length=limits.NAME)]
Text = Annotated[str, Meta(max_length=limits.TEXT)]
Id = Annotated[str, Meta(max_length=limits.ID)]
Count = Annotated[int, Meta(ge=0, le=limits.COUNT)]
Seconds = Annotated[float, Meta(ge=0.0, le=limits.MOMENT)]
Moment = Annotated[float, Meta(ge=0.0, le=limits.MOMENT)]
"""Seconds since 1970-01-01 UTC, on the clock of whoever the field belongs to."""

Whole = Annotated[int, Meta(ge=-limits.COUNT, le=limits.COUNT)]
Scalar = bool | Whole | float | Text | None
FieldValue = bool | Whole | float | Text | dict[MaybeName, Scalar] | None
Fields = Annotated[dict[Name, FieldValue], Meta(max_length=limits.FIELDS)]
"""Fields of a config, or some of them."""
Facts = Annotated[dict[Name, Scalar], Meta(max_length=limits.FIELDS)]
"""Evidence: flat."""
Labels = Annotated[dict[Name, Text], Meta(max_length=limits.FIELDS)]
Counts = Annotated[dict[Name, Count], Meta(max_length=limits.FIELDS)]
Context = dict[str, Any]
"""What was being done when an error happened; scrubbed; its size and depth are bounded apart."""

State = Literal["CLOSED", "OPEN", "HALF-OPEN", "FORCED-OPEN", "DISABLED", "METRICS-ONLY"]
HoldKind = Literal["trip", "disable", "observe"]
Target = Literal["breaker", "operation"]

Bucket = Annotated[int, Meta(ge=0, lt=limits.BUCKETS)]
Histogram = Annotated[tuple[tuple[Bucket, Count], ...], Meta(max_length=limits.BUCKETS)]
"""Pairs of bucket and cumulative count; empty buckets are left out; bucket i ends at 2**i ns."""
TapeEntry = tuple[Count, Count, Annotated[int, Meta(ge=1, le=3)]]
"""Call number, milliseconds after the start of the slot, 1 failed | 2 slow | 3 both."""
Tape = Annotated[tuple[TapeEntry, ...], Meta(max_length=limits.TAPE)]


class Value(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A part of a message. What a field's name does not know is ignored."""


class Scope(Value, frozen=True):
    """Which processes of a service are meant: all, or those of certain versions, hosts or process ids."""

    kind: Literal["all", "version", "host", "process"] = "all"
    values: Annotated[tuple[Name, ...], Meta(max_length=limits.WATCHED)] = ()


EVERYWHERE = Scope()


class Hold(Value, frozen=True):
    """An operator's hold on a breaker. ``until`` is in console time; None: until released."""

    breaker: Name
    kind: HoldKind
    reason: Text = ""
    actor: MaybeName = ""
    until: Moment | None = None
    scope: Scope = EVERYWHERE
    revision: Count = 0


class Policy(Value, frozen=True):
    """Fields that the console puts over a breaker's or operation's own, and the revision that set them."""

    target: Target
    name: Name
    fields: Fields
    revision: Count = 0
    scope: Scope = EVERYWHERE


class Desired(Value, frozen=True):
    """All that a service is asked to be: holds and policies, under one revision."""

    revision: Count
    holds: Annotated[tuple[Hold, ...], Meta(max_length=limits.DESIRED)] = ()
    policies: Annotated[tuple[Policy, ...], Meta(max_length=limits.DESIRED)] = ()
