"""Which breaker or retried operation: by the names in an address, or by its key in a push."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from recovery.models import Breaker, Operation, Policy

KINDS: dict[str, type[Breaker] | type[Operation]] = {"breaker": Breaker, "operation": Operation}

Row = Breaker | Operation


@dataclass(frozen=True, slots=True)
class Target:
    """What a policy can be put over."""

    kind: str
    row: Row = field(repr=False)

    @property
    def id(self) -> int:
        """Its key."""
        return int(self.row.pk)

    @property
    def name(self) -> str:
        """As processes call it."""
        return str(self.row.name)

    @property
    def state(self) -> str:
        """Of a breaker: the worst of its processes; operations have none."""
        return str(getattr(self.row, "state", ""))

    @property
    def service(self) -> Any:
        """Whose it is."""
        return self.row.service

    @property
    def code(self) -> dict[str, Any]:
        """The code's own fields, as a process told them last."""
        return self.row.code_config

    @property
    def words(self) -> tuple[str, str, str, str]:
        """The parts of its addresses."""
        return self.service.name, self.service.environment, self.kind, self.name


def by_name(service: str, environment: str, kind: str, name: str) -> Target | None:
    """The one that these names mean. One query."""
    return _found(kind, service__name=service, service__environment=environment, name=name)


def by_id(kind: str, key: int) -> Target | None:
    """The one with this key. One query."""
    return _found(kind, pk=key)


def _found(kind: str, **wanted: Any) -> Target | None:
    model = KINDS.get(kind)
    row = model.objects.select_related("service").filter(**wanted).first() if model is not None else None
    return Target(kind, row) if row is not None else None


def published(target: Target) -> Any:
    """All that was ever published for it, the newest first."""
    found = Policy.objects.filter(service=target.service, kind=target.kind, target=target.name)
    return found.order_by("-revision")


def newest(target: Target) -> Policy | None:
    """The last word for all of its processes. One query."""
    return published(target).filter(scope={}).first()
