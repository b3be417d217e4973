"""The console's one clock: what everything asks for the time, and what tests put a fake into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from .engine.clock import SYSTEM_CLOCK

if TYPE_CHECKING:
    from .engine.clock import Clock


class _Holder:
    """Where the clock in use is kept; the process has one, tests swap it for the length of a block."""

    clock: Clock = SYSTEM_CLOCK


def clock() -> Clock:
    """The clock in use."""
    return _Holder.clock


def now() -> datetime:
    """The time of day, aware, UTC."""
    return _Holder.clock.now()


@contextmanager
def using(other: Clock) -> Iterator[Clock]:
    """Use another clock, process-wide, until the block ends."""
    before, _Holder.clock = _Holder.clock, other
    try:
        yield other
    finally:
        _Holder.clock = before
