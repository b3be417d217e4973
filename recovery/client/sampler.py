"""Looks at every breaker and operation of the process: once a second at all, and at the end of a slot closely."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast
from weakref import WeakKeyDictionary

from recovery.engine import CircuitBreaker, registry
from recovery.engine.operation import Operation
from recovery.wire import BreakerSlice, OperationSlice

from .follow import BreakerRow, FollowedBreaker, FollowedOperation, OperationRow
from .texts import Names

MOST_ROWS = 10_000


class Sampler:
    """Rows by name. Beyond ``MOST_ROWS`` names nothing more is followed, and counted as ``left_out``."""

    def __init__(self, names: Names, most: int = MOST_ROWS) -> None:
        self.breakers: dict[str, BreakerRow] = {}
        self.operations: dict[str, OperationRow] = {}
        self._names = names
        self._most = most
        self._seen_breakers: WeakKeyDictionary[CircuitBreaker, FollowedBreaker | None] = WeakKeyDictionary()
        self._seen_operations: WeakKeyDictionary[Operation, FollowedOperation | None] = WeakKeyDictionary()

    @property
    def left_out(self) -> int:
        """Breakers and operations that are not followed."""
        seen = (self._seen_breakers, self._seen_operations)
        return sum(followed is None for each in seen for followed in list(each.values()))

    def look(self) -> tuple[list[CircuitBreaker], list[Operation]]:
        """Let time pass for every breaker, note all sums; returns those seen for the first time."""
        new_breakers = [breaker for breaker in registry.breakers() if self._look_at(breaker)]
        known = cast("list[Operation]", registry.operations())
        new_operations = [operation for operation in known if self._look_at_operation(operation)]
        for row in self.breakers.values():
            row.bury()
        for operation_row in self.operations.values():
            operation_row.bury()
        return new_breakers, new_operations

    def close(self, start: float, now: float) -> tuple[tuple[BreakerSlice, ...], tuple[OperationSlice, ...]]:
        """What was called in the slot from ``start`` to now."""
        breakers = tuple(part for row in self.breakers.values() if (part := row.close(start, now)) is not None)
        operations = tuple(each for kept in self.operations.values() if (each := kept.close()) is not None)
        return breakers, operations

    def rebase(self) -> None:
        """In a forked child: what the parent counted is the parent's."""
        for row in self.breakers.values():
            row.bury()
            row.past, row.past_hist, row.reported = (0,) * 6, [], (0,) * 6
            for followed, breaker in row.living():
                followed.rebase(breaker)
        for operation_row in self.operations.values():
            operation_row.bury()
            operation_row.past, operation_row.delay, operation_row.reasons = (0,) * 6, 0.0, {}
            operation_row.reported = (0,) * 6
            for followed_operation, operation in operation_row.living():
                followed_operation.rebase(operation)

    def followed(self) -> Iterator[tuple[BreakerRow, int, FollowedBreaker, CircuitBreaker]]:
        """Every living breaker with its row and its number among its twins."""
        for row in self.breakers.values():
            for twin, (followed, breaker) in enumerate(row.living()):
                yield row, twin, followed, breaker

    def named(self, name: str) -> list[CircuitBreaker]:
        """The living breakers of a name, as the console knows it."""
        row = self.breakers.get(name)
        return [breaker for _, breaker in row.living()] if row is not None else []

    def real_name(self, target: str, name: str) -> str:
        """The name in code of what the wire calls so (they differ where it was cut)."""
        if target == "breaker":
            return next((breaker.name or name for breaker in self.named(name)), name)
        row = self.operations.get(name)
        return next((operation.name for _, operation in row.living()), name) if row is not None else name

    def _look_at(self, breaker: CircuitBreaker) -> bool:
        breaker.tick()
        followed = self._seen_breakers.get(breaker)
        if followed is not None:
            followed.look(breaker)
            return False
        if breaker in self._seen_breakers:
            return False
        row = self._breaker_row(self._names.of(breaker.name or ""))
        self._seen_breakers[breaker] = made = FollowedBreaker(breaker, inherited=False) if row is not None else None
        if row is None or made is None:
            return False
        made.look(breaker)
        row.followed.append(made)
        return True

    def _look_at_operation(self, operation: Operation) -> bool:
        followed = self._seen_operations.get(operation)
        if followed is not None:
            followed.look(operation)
            return False
        if operation in self._seen_operations:
            return False
        row = self._operation_row(self._names.of(operation.name))
        made = FollowedOperation(operation, inherited=False) if row is not None else None
        self._seen_operations[operation] = made
        if row is None or made is None:
            return False
        row.followed.append(made)
        return True

    def _breaker_row(self, name: str) -> BreakerRow | None:
        row = self.breakers.get(name)
        if row is None and len(self.breakers) < self._most:
            row = self.breakers[name] = BreakerRow(name)
        return row

    def _operation_row(self, name: str) -> OperationRow | None:
        row = self.operations.get(name)
        if row is None and len(self.operations) < self._most:
            row = self.operations[name] = OperationRow(name)
        return row
