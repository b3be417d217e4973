"""Messages to frames and back, with every bound enforced in both directions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from . import limits
from .errors import WireError, found_at, shown
from .events import EVENT_KINDS, Error
from .orders import ACT_KINDS, Ack, Beat, Bye, Directive, SlowDown, Watch, Welcome
from .reports import Applied, Declare, Events, Hello, Message, Pulse, Slice
from .split import pieces

FROM_PROCESS = (Hello, Declare, Slice, Events, Pulse, Applied, Beat, Bye)
FROM_CONSOLE = (Welcome, Watch, SlowDown, Ack, Directive, Beat, Bye)
AnyMessage = (
    Hello | Declare | Slice | Events | Pulse | Applied | Beat | Bye | Welcome | Watch | SlowDown | Ack | Directive
)
KINDS = {str(cls.__struct_config__.tag): cls for cls in (*FROM_PROCESS, *FROM_CONSOLE)}

_encode = msgspec.json.Encoder().encode
_decode: Callable[[bytes], AnyMessage] = msgspec.json.Decoder(AnyMessage).decode
_decode_plain = msgspec.json.Decoder().decode
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Unknown(msgspec.Struct, frozen=True):
    """A message of a kind that this side does not know: to be ignored, and counted."""

    kind: str


def encode(message: Message) -> list[bytes]:
    """The frames of a message: one, or several where it is too big and can be split.

    Raises WireError when it breaks a bound that splitting cannot mend.
    """
    return [_checked(_written(piece)) for piece in pieces(message, _written)]


def decode(frame: bytes | str) -> AnyMessage | Unknown:
    """The message in a frame. Raises WireError that says which field is wrong, its value, and what would be legal."""
    data = frame.encode("utf-8", "surrogatepass") if isinstance(frame, str) else frame
    if len(data) > limits.FRAME_BYTES:
        raise WireError("too_big", "frame", f"{len(data)} bytes", f"at most {limits.FRAME_BYTES} bytes")
    if b"\\u0000" in data and _NUL.search(data):
        raise WireError("bad_text", "frame", "\\u0000", "texts without the NUL character")
    try:
        message = _decode(data)
    except msgspec.ValidationError as error:
        return _otherwise(data, error)
    except RecursionError:
        raise WireError("too_deep", "frame", shown(data), "a few levels of lists and objects") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError("not_json", "frame", shown(data), f"one JSON object in UTF-8 ({error})") from None
    if type(message) is Events:
        _check_contexts(message)
    return message


def encode_lines(frames: list[bytes]) -> list[bytes]:
    """Bodies for the plain-HTTP way: frames as lines, as many as fit a body."""
    bodies, size = [[]], 0  # type: list[list[bytes]], int
    for frame in frames:
        if bodies[-1] and size + len(frame) + 1 > limits.BODY_BYTES:
            bodies.append([])
            size = 0
        bodies[-1].append(frame)
        size += len(frame) + 1
    return [b"\n".join(body) for body in bodies if body]


def decode_lines(body: bytes) -> list[AnyMessage | Unknown]:
    """The messages in a body of the plain-HTTP way. Raises WireError."""
    if len(body) > limits.BODY_BYTES:
        raise WireError("too_big", "body", f"{len(body)} bytes", f"at most {limits.BODY_BYTES} bytes")
    return [decode(line) for line in body.split(b"\n") if line.strip()]


def _written(message: Message) -> bytes:
    try:
        return _encode(message)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:  # lone surrogates, foreign types
        raise WireError("not_json", type(message).__name__, shown(error), "plain data that JSON can carry") from None


def _checked(frame: bytes) -> bytes:
    """What one would not accept one does not send."""
    if isinstance(decoded := decode(frame), Unknown):
        raise WireError("invalid", "kind", decoded.kind, " or ".join(sorted(KINDS)))
    return frame


def _otherwise(data: bytes, error: msgspec.ValidationError) -> AnyMessage | Unknown:
    """It is JSON but fits no message: of an unknown kind, with unknown kinds inside, or wrong."""
    plain = _plain(data)
    if not isinstance(plain, dict):
        raise WireError("invalid", "frame", shown(plain), "one JSON object")
    kind = plain.get("kind")
    if isinstance(kind, str) and kind not in KINDS:
        return Unknown(kind[: limits.NAME])
    if _without_unknown(plain):
        try:
            message: AnyMessage = msgspec.convert(plain, AnyMessage)
        except msgspec.ValidationError as again:
            raise found_at(plain, again) from None
        if type(message) is Events:
            _check_contexts(message)
        return message
    raise found_at(plain, error) from None


def _plain(data: bytes) -> Any:
    try:
        return _decode_plain(data)
    except RecursionError:
        raise WireError("too_deep", "frame", shown(data), "a few levels of lists and objects") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError("not_json", "frame", shown(data), f"one JSON object in UTF-8 ({error})") from None


def _without_unknown(plain: dict[str, Any]) -> bool:
    """Take events and acts of unknown kinds out; whether there were any."""
    if plain.get("kind") == "events" and isinstance(events := plain.get("events"), list):
        known = [event for event in events if not _is_foreign(event, EVENT_KINDS)]
        plain["events"], plain["skipped"] = known, len(events) - len(known)
        return len(known) < len(events)
    act = plain.get("do")
    if plain.get("kind") == "directive" and isinstance(act, dict) and _is_foreign(act, ACT_KINDS):
        plain["do"] = {"kind": "unknown", "name": act["kind"][: limits.NAME]}
        return True
    return False


def _is_foreign(part: Any, known: frozenset[str]) -> bool:
    return isinstance(part, dict) and isinstance(part.get("kind"), str) and part["kind"] not in known


def _check_contexts(message: Events) -> None:
    for event in message.events:
        if type(event) is Error and (event.context or event.extras):
            for name, context in (("context", event.context), ("extras", event.extras)):
                if _count(context, 1) > limits.CONTEXT_ITEMS:
                    legal = f"at most {limits.CONTEXT_ITEMS} values"
                    raise WireError("too_long", f"events[].{name}", shown(context), legal)


def _count(value: Any, depth: int) -> int:
    if not isinstance(value, dict | list):
        return 1
    if depth > limits.NESTING:
        raise WireError("too_deep", "events[].context", shown(value), f"at most {limits.NESTING} levels")
    return 1 + sum(_count(item, depth + 1) for item in (value.values() if isinstance(value, dict) else value))
