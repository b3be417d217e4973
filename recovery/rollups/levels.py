"""From each level to the one above it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from recovery.models import (
    BreakerDay,
    BreakerHour,
    BreakerMinute,
    BreakerTen,
    OperationHour,
    OperationMinute,
    OperationTen,
)

from .writing import BREAKERS, OPERATIONS, Family, Key, chunks, replace

OWNERS_AT_ONCE = 100
MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True)
class Level:
    """Rows of ``below`` add up to rows of ``above``, each of so many seconds."""

    family: Family
    below: type[Model]
    above: type[Model]
    seconds: int


LEVELS = (
    Level(BREAKERS, BreakerTen, BreakerMinute, MINUTE),
    Level(OPERATIONS, OperationTen, OperationMinute, MINUTE),
    Level(BREAKERS, BreakerMinute, BreakerHour, HOUR),
    Level(OPERATIONS, OperationMinute, OperationHour, HOUR),
    Level(BREAKERS, BreakerHour, BreakerDay, DAY),
)


def raise_to(seconds: int, start: int, end: int) -> int:
    """Make the rows of this length from start to before end right; how many were written."""
    return sum(_raise(level, start, end) for level in LEVELS if level.seconds == seconds)


def _raise(level: Level, start: int, end: int) -> int:
    owners: set[int] = set()
    for model in (level.below, level.above):
        rows = model.objects.filter(at__gte=start, at__lt=end)
        owners.update(rows.order_by().values_list(level.family.owner, flat=True).distinct())
    written = 0
    for some in chunks(sorted(owners), OWNERS_AT_ONCE):
        sums: dict[Key, Any] = defaultdict(level.family.total)
        for owner, at, *row in level.family.rows(level.below, start, end, some):
            sums[owner, at // level.seconds * level.seconds].add_row(tuple(row))
        wanted = {key: each.values() for key, each in sums.items()}
        written += replace(level.family, level.above, (start, end), wanted, some)
    return written
