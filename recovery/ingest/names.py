"""Names to rows: breakers and operations of a service, made when a registered process first reports them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from recovery.models import Breaker, Operation
from recovery.models.sql import insert_new

MOST_PER_SERVICE = 20_000  # names of one kind: a process that makes names up must not fill the database
MOST_REMEMBERED = 200_000

Named = type[Breaker] | type[Operation]


class Names:
    """What names are known already, per service."""

    def __init__(self) -> None:
        self._known: dict[tuple[Named, int], dict[str, int]] = {}

    def clear(self) -> None:
        """Ask the database again."""
        self._known.clear()

    def ids(self, model: Named, service: int, names: Iterable[str], at: datetime) -> tuple[dict[str, int], set[str]]:
        """The primary keys of these names, and which of them are new. Names beyond the bound are left out."""
        known = self._of(model, service)
        missing = {name for name in names if name not in known}
        if missing:
            self._look(model, service, missing)
            missing = self._made(model, service, missing - known.keys(), at)
        return {name: known[name] for name in names if name in known}, missing

    def _of(self, model: Named, service: int) -> dict[str, int]:
        if sum(map(len, self._known.values())) > MOST_REMEMBERED:
            self._known.clear()
        return self._known.setdefault((model, service), {})

    def _look(self, model: Named, service: int, names: set[str]) -> None:
        rows = model.objects.filter(service=service, name__in=names).values_list("name", "pk")
        self._known[model, service].update(rows)

    def _made(self, model: Named, service: int, names: set[str], at: datetime) -> set[str]:
        if not names:
            return names
        room = MOST_PER_SERVICE - model.objects.filter(service=service).count()
        made = set(sorted(names)[: max(0, room)])
        rest = {"code_config": {}, "locked": False}
        if model is Breaker:
            rest |= {"state": "", "cause": "", "last_failure_type": "", "last_failure_text": ""}
            rest |= {"doubled": False, "revision": 0}
        columns = ("service_id", "name", "first_seen_at", *rest)
        insert_new(model, columns, [(service, name, at, *rest.values()) for name in sorted(made)])
        self._look(model, service, made)
        return made
