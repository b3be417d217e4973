"""When a check runs: on a grid of its own, so that many checks of one interval do not run at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zlib import crc32

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def phase(key: str, interval: int) -> int:
    """Where on the interval's grid this key sits (µs): the same for ever, and spread evenly over many keys."""
    return crc32(key.encode()) * interval * 1_000_000 >> 32


def next_run(key: str, interval: int, after: datetime) -> datetime:
    """The first moment of this key's grid (s) after a moment. What was missed meanwhile is not made up for."""
    step, offset = max(1, interval) * 1_000_000, phase(key, max(1, interval))
    now = (after - _EPOCH) // _MICROSECOND
    return _EPOCH + timedelta(microseconds=((now - offset) // step + 1) * step + offset)
