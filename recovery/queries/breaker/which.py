"""Which breaker: by its names in an address, or by its key in a push."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recovery.models import Breaker

COLUMNS = ("id", "service_id", "service__name", "service__environment", "name")


@dataclass(frozen=True, slots=True)
class Which:
    """A breaker's names."""

    id: int
    service_id: int
    service: str
    environment: str
    name: str


def by_name(service: str, environment: str, name: str) -> Which | None:
    """The one that these names mean. One query."""
    return _found(service__name=service, service__environment=environment, name=name)


def by_id(key: int) -> Which | None:
    """The one with this key. One query."""
    return _found(pk=key)


def by_ids(keys: Iterable[int]) -> dict[int, Which]:
    """Those of these that there are, by key. One query."""
    rows = Breaker.objects.filter(pk__in=list(keys)).order_by().values_list(*COLUMNS)
    return {row[0]: Which(*row) for row in rows}


def _found(**wanted: object) -> Which | None:
    row = Breaker.objects.filter(**wanted).values_list(*COLUMNS).first()
    return Which(*row) if row else None
