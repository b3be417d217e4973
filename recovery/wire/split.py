"""Taking a message that is too big for a frame apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from . import limits
from .errors import WireError
from .orders import Ack, Welcome
from .reports import Applied, Declare, Events, Message, Pulse, Slice
from .values import Desired

# The lists that a message may be split along, and how long each may be in one frame.
_LISTS: dict[type, dict[str, int]] = {
    Declare: {"breakers": limits.DECLARED, "operations": limits.DECLARED},
    Slice: {"breakers": limits.DECLARED, "operations": limits.DECLARED},
    Pulse: {"breakers": limits.DECLARED},
    Events: {"events": limits.EVENTS},
    Ack: {"slots": limits.SLOTS, "rejected": limits.SLOTS},
    Applied: {"refused": limits.DESIRED},
    Desired: {"holds": limits.DESIRED, "policies": limits.DESIRED},
}
_ROOM = limits.FRAME_BYTES - limits.HEAD_BYTES

Write = Callable[[Any], bytes]


def pieces(message: Message, write: Write) -> list[Message]:
    """The message itself when it fits a frame, else several that say the same together."""
    if isinstance(message, Welcome):
        return list(_welcomes(message, write))
    lists = _LISTS.get(type(message))
    if lists is None or _fits(message, lists, write):
        return [message]
    chunks = list(_chunks(message, lists, write))
    if isinstance(message, Slice):
        return [
            msgspec.structs.replace(
                message, part=number, parts=len(chunks), client=None if number else message.client, **chunk
            )
            for number, chunk in enumerate(chunks)
        ]
    return [msgspec.structs.replace(message, **chunk) for chunk in chunks]


def _welcomes(message: Welcome, write: Write) -> Iterator[Message]:
    desired = message.desired
    if desired is None or _fits(desired, _LISTS[Desired], write):
        yield message
        return
    chunks = list(_chunks(desired, _LISTS[Desired], write))
    for number, chunk in enumerate(chunks):
        part = msgspec.structs.replace(desired, **chunk)
        yield msgspec.structs.replace(
            message, desired=part, part=number, parts=len(chunks), restore=() if number else message.restore
        )


def _fits(message: Any, lists: dict[str, int], write: Write) -> bool:
    return all(len(getattr(message, name)) <= most for name, most in lists.items()) and len(write(message)) <= _ROOM


def _chunks(message: Any, lists: dict[str, int], write: Write) -> Iterator[dict[str, Sequence[Any]]]:
    """Greedy: items in their order, as many as fit."""
    chunk: dict[str, list[Any]] = {name: [] for name in lists}
    size = 0
    for name, most in lists.items():
        for item in getattr(message, name):
            weight = len(write(item)) + 1
            if weight > _ROOM:
                raise WireError("too_big", f"{name}[]", f"{weight} bytes", f"at most {_ROOM} bytes each")
            if size + weight > _ROOM or len(chunk[name]) >= most:
                yield {key: tuple(items) for key, items in chunk.items()}
                chunk, size = {key: [] for key in lists}, 0
            chunk[name].append(item)
            size += weight
    if any(chunk.values()):
        yield {key: tuple(items) for key, items in chunk.items()}
