"""The clock of a process made into ours."""

from __future__ import annotations

from datetime import UTC, datetime

from recovery.wire import limits

_SETTLED = 5.0  # offsets that differ less are one offset, measured through a slower or a quicker network


def moment(theirs: float, offset: float, received: datetime) -> datetime:
    """When it was on our clock; never later than we heard of it."""
    at = min(max(0.0, theirs - offset), limits.MOMENT)
    return min(datetime.fromtimestamp(at, UTC), received)


def slot(start: float, offset: float) -> int:
    """The slot of ours that a slice belongs to."""
    return round((start - offset) / limits.SLOT_SECONDS)


def measured(before: float | None, theirs: float, ours: float) -> float:
    """Its offset after another measurement: what was on the way the shortest is the most exact."""
    now = theirs - ours
    return max(before, now) if before is not None and abs(before - now) < _SETTLED else now
