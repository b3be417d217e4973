"""The one place that knows every breaker and retried operation of the process: weakly, for whoever reads or overrides.

It is the engine's only global state. Nothing here is touched by a call.
"""

from __future__ import annotations

import os
from _random import Random
from _thread import RLock
from _weakrefset import WeakSet

from .fields import Field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    from .breaker import CircuitBreaker
    from .breaker_config import BreakerConfig
    from .operating import Operating

    class Operation(Protocol):
        """A retried operation, as the registry sees it."""

        name: str
        revision: int | None

        def snapshot(self) -> Any:
            """Its figures."""

        def check_override(self, fields: dict[str, Any]) -> None:
            """Raise ValueError if these fields cannot be taken."""

        def apply_override(self, fields: dict[str, Any] | None, revision: int | None) -> None:
            """Take or lift the console's fields."""


BREAKER, OPERATION = "breaker", "operation"
_REVISION = Field(default=0, kind="int", low=0, help="Of the console's desired state.")
_REVISION.name = "revision"


class _State:
    """Breakers, operations, overrides and whether durations are measured."""

    __slots__ = ("breakers", "lock", "measure", "operations", "overrides", "random")

    def __init__(self) -> None:
        self.lock = RLock()
        self.breakers: WeakSet[CircuitBreaker] = WeakSet()
        self.operations: WeakSet[Operation] = WeakSet()
        self.overrides: dict[tuple[str, str], tuple[dict[str, Any] | None, int]] = {}  # None: lifted
        self.measure = False
        self.random = Random(int.from_bytes(os.urandom(8), "big"))


_state = _State()


def breakers() -> list[CircuitBreaker]:
    """Every living breaker with a name (the others are not exported), by name."""
    with _state.lock:
        return sorted((b for b in _state.breakers if b.name is not None), key=lambda b: b.name or "")


def operations() -> list[Operation]:
    """Every living retried operation, by name."""
    with _state.lock:
        return sorted(_state.operations, key=lambda operation: operation.name)


def override(kind: str, name: str, fields: Mapping[str, Any] | None, revision: int) -> None:
    """Put the console's ``fields`` over the code's own, field by field; ``fields=None`` lifts them.

    ``kind`` is "breaker" or "operation". All of that name take it, and so does what is born later. A refused one
    (locked, unknown field, value out of range, a revision older than the one in force) is a ValueError and changes
    nothing.
    """
    if problem := _REVISION.problem(revision):
        raise ValueError(problem)
    with _state.lock:
        known = _state.overrides.get((kind, name))
        if known is not None and revision < known[1]:
            raise ValueError(f"revision must be >= {known[1]}, which {kind} {name!r} has, got {revision}")
        if fields is None:
            _checked_kind(kind)
        else:
            _check(kind, name, dict(fields))
        wanted = None if fields is None else dict(fields)
        _state.overrides[kind, name] = (wanted, revision)
        for target in _named(kind, name):
            target.apply_override(wanted, revision)


def _check(kind: str, name: str, fields: dict[str, Any]) -> None:
    """Everybody of that name must be able to take it, or nobody does; where nobody is yet, each field by itself."""
    from .operating import checked_fields
    from .types import BreakerConfig, RetryConfig

    _checked_kind(kind)
    targets = _named(kind, name)
    for target in targets:
        target.check_override(fields)
    if not targets:
        config = BreakerConfig if kind == BREAKER else RetryConfig
        checked_fields(config, fields)
        if problems := [p for field, value in fields.items() if (p := config.FIELDS[field].problem(value))]:
            raise ValueError(f"{config.__name__}: {'; '.join(problems)}")


def _checked_kind(kind: str) -> None:
    if kind not in (BREAKER, OPERATION):
        raise ValueError(f"kind must be {BREAKER!r} or {OPERATION!r}, got {kind!r}")


def _named(kind: str, name: str) -> list[Any]:
    found: WeakSet[Any] = _state.breakers if kind == BREAKER else _state.operations
    return [each for each in found if each.name == name]


def measure(on: bool) -> None:
    """Measure the duration of every call from now on (or stop); breakers that need durations measure anyway."""
    with _state.lock:
        _state.measure = bool(on)
    renew()


def renew() -> None:
    """Let every breaker look again at what its calls have to do: measuring or a sink was switched on or off."""
    with _state.lock:
        everyone = list(_state.breakers)
    for breaker in everyone:
        with breaker._lock:
            breaker._use(breaker._config, breaker._config_source, breaker._revision)


def measuring() -> bool:
    """Whether :func:`measure` is on."""
    return _state.measure


def jitter() -> float:
    """A random number in [0, 1) from the process's own seed."""
    return _state.random.random()


def add_breaker(breaker: CircuitBreaker) -> None:
    """Called by a breaker when it is born."""
    with _state.lock:
        _state.breakers.add(breaker)
        _apply(BREAKER, breaker.name, breaker)


def recode(breaker: Operating, config: BreakerConfig) -> None:
    """Give a breaker other code; the console's fields stay over it, unless the new code forbids them."""
    with _state.lock:  # before the breaker's own lock, as an override takes them
        breaker._code_config, breaker._source = config, "code"
        if not _apply(BREAKER, breaker.name, breaker):
            breaker.apply_code(config)


def add_operation(operation: Operation) -> None:
    """Called by a retried operation when it is born."""
    with _state.lock:
        _state.operations.add(operation)
        _apply(OPERATION, operation.name, operation)


def _apply(kind: str, name: str | None, target: Any) -> bool:
    """Put the override in force for its name on a target (caller holds the lock); False when there is none to take."""
    known = _state.overrides.get((kind, name)) if name is not None else None
    if known is None or known[0] is None:
        return False
    try:
        target.apply_override(*known)
    except ValueError as error:  # its own code allows less: it keeps that, and says so
        from logging import getLogger

        getLogger("recovery.registry").warning("%s %r keeps its own configuration: %s", kind, name, error)
        return False
    return True


def _after_fork() -> None:
    _state.lock = RLock()
    _state.random = Random(int.from_bytes(os.urandom(8), "big"))
    # Sets of their own: one that a thread of the parent was reading would never let go of what is gone.
    _state.breakers = WeakSet(list(_state.breakers))
    _state.operations = WeakSet(list(_state.operations))
    for breaker in _state.breakers:
        breaker._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
