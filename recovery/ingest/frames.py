"""Frames of a process made into messages: what is wrong is named, and one bad event does not cost the good ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from recovery import wire

from .closing import TOO_BIG, Closing, protocol

_plain = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Received:
    """A message, what of its frame can never be kept, and the highest sequence in it."""

    message: wire.AnyMessage | wire.Unknown | None
    rejected: tuple[wire.Rejected, ...] = ()
    seq: int = 0


def received(frame: str | bytes) -> Received:
    """Decode a frame. Raises Closing where nothing in it can be saved."""
    try:
        message = wire.decode(frame)
    except wire.WireError as error:
        return _saved(frame, error)
    if isinstance(message, wire.Events):
        highest = max((event.seq for event in message.events), default=0)
        return Received(message, seq=max(highest, _highest(frame)) if message.skipped else highest)
    return Received(message)


def _saved(frame: str | bytes, error: wire.WireError) -> Received:
    """Where single events or one slot are at fault, the rest is good."""
    if error.code == "too_big":
        raise Closing("protocol", TOO_BIG, str(error)) from error
    try:
        plain = _plain(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise protocol(str(error)) from error
    kind = plain.get("kind") if isinstance(plain, dict) else None
    if kind == "events" and isinstance(plain.get("events"), list):
        return _good_events(plain["events"], error)
    if kind == "slice" and _is_number(slot := plain.get("slot")):
        return Received(None, (wire.Rejected(why=_why(error), slot=slot),))
    raise protocol(str(error)) from error


def _good_events(plain: list[Any], error: wire.WireError) -> Received:
    if len(plain) > wire.limits.EVENTS:
        raise protocol(str(error)) from error
    good: list[wire.AnyEvent] = []
    rejected = []
    for each in plain:
        try:
            message = wire.decode(_encode({"kind": "events", "events": [each]}))
        except wire.WireError as wrong:
            seq = each.get("seq") if isinstance(each, dict) else None
            if not _is_number(seq):
                raise protocol(str(wrong)) from wrong
            rejected.append(wire.Rejected(why=_why(wrong), seq=seq))
        else:
            good += message.events if isinstance(message, wire.Events) else ()
    return Received(wire.Events(events=tuple(good)), tuple(rejected), _highest_of(plain))


def _highest(frame: str | bytes) -> int:
    """The highest sequence of a frame, events of unknown kinds included: they are ignored, but not waited for."""
    return _highest_of(_plain(frame)["events"])


def _highest_of(plain: list[Any]) -> int:
    found: list[int] = [each["seq"] for each in plain if isinstance(each, dict) and _is_number(each.get("seq"))]
    return max(found, default=0)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= wire.limits.COUNT


def _why(error: wire.WireError) -> str:
    return str(error)[: wire.limits.TEXT]
