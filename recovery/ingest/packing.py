"""A slice as it is stored: the message of the wire, compressed. Rollups and replay unpack it."""

from __future__ import annotations

import zlib
from itertools import chain

import msgspec
from msgspec.structs import replace

from recovery import wire
from recovery.wire.limits import DECLARED

_FORM = b"\x01"  # zlib over msgpack of the messages that the slot came in, or would have come in
_LEVEL = 3
_MOST_BYTES = 64 * 1024 * 1024
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[wire.Slice]).decode


def pack(message: wire.Slice) -> bytes:
    """The bytes to store."""
    longest = max(len(message.breakers), len(message.operations), 1)
    pieces = [
        replace(
            message,
            breakers=message.breakers[start : start + DECLARED],
            operations=message.operations[start : start + DECLARED],
        )
        for start in range(0, longest, DECLARED)
    ]
    return _FORM + zlib.compress(_encode(pieces), _LEVEL)


def unpack(blob: bytes | memoryview) -> wire.Slice:
    """The message again. Times in it are on the process's clock; the row's slot is on ours."""
    data = bytes(blob)
    if data[:1] != _FORM:
        raise ValueError(f"a slice must be stored in form {_FORM!r}, got {data[:1]!r}")
    pieces = _decode(zlib.decompressobj().decompress(data[1:], _MOST_BYTES))
    if len(pieces) == 1:
        return pieces[0]
    return joined(pieces)


def joined(pieces: list[wire.Slice]) -> wire.Slice:
    """One message of several that belong to the same slot."""
    return replace(
        pieces[0],
        part=0,
        parts=1,
        breakers=tuple(chain.from_iterable(piece.breakers for piece in pieces)),
        operations=tuple(chain.from_iterable(piece.operations for piece in pieces)),
    )
