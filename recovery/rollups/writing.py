"""Make the rows of a span what they should be: write what differs, delete what is too many. Small transactions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Model

from recovery.models.sql import put_rows

from .sums import BREAKER_COLUMNS, OPERATION_COLUMNS, BreakerSum, OperationSum

ROWS_AT_ONCE = 100  # in one transaction: a few milliseconds

Key = tuple[int, int]  # breaker or operation, start of the span
T = TypeVar("T")


@dataclass(frozen=True)
class Family:
    """Breakers or operations: how their rows are keyed, and what is in them."""

    owner: str
    columns: tuple[str, ...]
    total: type[BreakerSum] | type[OperationSum]

    def rows(
        self, model: type[Model], start: int, end: int, owners: Iterable[int] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """Stored rows of a span: owner, start, columns."""
        found = model.objects.filter(at__gte=start, at__lt=end)
        if owners is not None:
            found = found.filter(**{f"{self.owner}__in": list(owners)})
        yield from found.values_list(self.owner, "at", *self.columns).iterator(500)


BREAKERS = Family("breaker_id", BREAKER_COLUMNS, BreakerSum)
OPERATIONS = Family("operation_id", OPERATION_COLUMNS, OperationSum)


def replace(
    family: Family,
    model: type[Model],
    span: tuple[int, int],
    wanted: dict[Key, tuple[Any, ...]],
    owners: Iterable[int] | None = None,
) -> int:
    """The rows of a span (of these owners) are these and no others; how many were written or deleted."""
    there = {(row[0], row[1]): row[2:] for row in family.rows(model, *span, owners)}
    changed = [key for key in sorted(wanted) if there.get(key) != wanted[key]]
    for keys in chunks(changed, ROWS_AT_ONCE):
        put_rows(model, (family.owner, "at"), family.columns, [(*key, *wanted[key]) for key in keys])
    gone = sorted(there.keys() - wanted.keys())
    for at, group in _by_start(gone).items():
        for owners_gone in chunks(group, ROWS_AT_ONCE):
            model.objects.filter(at=at, **{f"{family.owner}__in": owners_gone}).delete()
    return len(changed) + len(gone)


def _by_start(keys: Iterable[Key]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for owner, at in keys:
        found.setdefault(at, []).append(owner)
    return found


def chunks(items: Sequence[T], size: int) -> Iterator[list[T]]:
    """The items, so many at once."""
    following = iter(items)
    while chunk := list(islice(following, size)):
        yield chunk
