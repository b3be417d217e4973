"""A slice as it is stored: the message of the wire, compressed. Rollups and replay unpack it."""

from __future__ import annotations

import zlib
from itertools import chain

import msgspec
from msgspec.structs import replace

from recovery import wire
from recovery.wire.limits import DECLARED, SLOT_SECONDS

_FORM = b"\x01"  # zlib over msgpack of the messages that the slot came in, or would have come in
_LEVEL = 3
_MOST_BYTES = 64 * 1024 * 1024
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[wire.Slice]).decode


class Part(msgspec.Struct, frozen=True):
    """What replay needs of a breaker's part of a slice; see ``wire.BreakerSlice``."""

    name: str
    successes: int = 0
    failures: int = 0
    slow: int = 0
    refused: int = 0
    tape: tuple[tuple[int, int, int], ...] = ()


class _Piece(msgspec.Struct, frozen=True):
    start: float
    seconds: int = SLOT_SECONDS
    breakers: tuple[msgspec.Raw, ...] = ()


_decode_pieces = msgspec.msgpack.Decoder(list[_Piece]).decode
_decode_part = msgspec.msgpack.Decoder(Part).decode


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
    pieces = _decode(_unpressed(blob))
    if len(pieces) == 1:
        return pieces[0]
    return joined(pieces)


def _unpressed(blob: bytes | memoryview) -> bytes:
    data = bytes(blob)
    if data[:1] != _FORM:
        raise ValueError(f"a slice must be stored in form {_FORM!r}, got {data[:1]!r}")
    return zlib.decompressobj().decompress(data[1:], _MOST_BYTES)


def part_of(blob: bytes | memoryview, name: str) -> tuple[float, int, Part] | None:
    """One breaker's part of a slice, with the slice's start (on the process's clock) and length; None: it has none.

    Whoever reads two days of slices for one breaker's sake does not unpack all the others.
    """
    data, wanted = _unpressed(blob), name.encode()
    if wanted not in data:
        return None
    for piece in _decode_pieces(data):
        for raw in piece.breakers:
            if wanted in bytes(raw) and (part := _decode_part(raw)).name == name:
                return piece.start, piece.seconds, part
    return None


def joined(pieces: list[wire.Slice]) -> wire.Slice:
    """One message of several that belong to the same slot."""
    return replace(
        pieces[0],
        part=0,
        parts=1,
        breakers=tuple(chain.from_iterable(piece.breakers for piece in pieces)),
        operations=tuple(chain.from_iterable(piece.operations for piece in pieces)),
    )
