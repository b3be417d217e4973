"""What the process has, as it is declared: configuration in code and in force, state, hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from recovery.engine import CircuitBreaker
from recovery.engine.config import Config
from recovery.engine.events import Hold as EngineHold
from recovery.engine.record import plain
from recovery.engine.sampling import code_config_of
from recovery.wire import BreakerDeclared, Declare, Hold, OperationDeclared, WireError, encode, limits

from .follow import BreakerRow, OperationRow
from .sampler import Sampler
from .texts import clean
from .timeline import Timeline

HOLD_KINDS = {"FORCED-OPEN": "trip", "DISABLED": "disable", "METRICS-ONLY": "observe"}


class Declarations:
    """Builds declarations of all rows, or of some."""

    def __init__(self, sampler: Sampler, timeline: Timeline) -> None:
        self._sampler = sampler
        self._timeline = timeline

    def everything(self) -> Declare:
        """All that there is."""
        return self.of(self._sampler.breakers, self._sampler.operations)

    def of(self, breakers: Iterable[str], operations: Iterable[str]) -> Declare:
        """Those of these names that are there."""
        rows = [row for name in breakers if (row := self._sampler.breakers.get(name)) is not None]
        others = [each for name in operations if (each := self._sampler.operations.get(name)) is not None]
        return Declare(
            breakers=_present(self._breaker(row) for row in rows),
            operations=_present(_operation(each) for each in others),
        )

    def _breaker(self, row: BreakerRow) -> BreakerDeclared | None:
        living = [breaker for _, breaker in row.living()]
        if not living:
            return None
        breaker: CircuitBreaker = living[0]
        seen = breaker.snapshot()
        config, source, revision = code_config_of(breaker)
        return BreakerDeclared(
            name=row.name,
            state=seen.state.value,
            since=self._timeline.of(seen.since),
            sequence=seen.sequence,
            cause=clean(seen.cause),
            config=fields_of(config),
            config_source=source,
            override=_difference(config, seen.config),
            revision=revision,
            locked=config.locked,
            hold=hold_of(row.name, seen.hold, self._on_the_consoles_clock) if seen.hold is not None else None,
            twins=len(living),
            service_name=_label(seen.service_name),
        )

    def _on_the_consoles_clock(self, moment: datetime) -> float:
        return self._timeline.to_console(self._timeline.of(moment))


def frames_of(declared: Declare) -> tuple[list[bytes], int]:
    """The frames of a declaration, and how many of it cannot be said (10**30 calls are no number of the wire)."""
    try:
        return encode(declared), 0
    except WireError:
        breakers = tuple(each for each in declared.breakers if _sayable(Declare(breakers=(each,))))
        operations = tuple(each for each in declared.operations if _sayable(Declare(operations=(each,))))
        left_out = len(declared.breakers) + len(declared.operations) - len(breakers) - len(operations)
        return encode(Declare(breakers=breakers, operations=operations)), left_out


def _sayable(declared: Declare) -> bool:
    try:
        encode(declared)
    except WireError:
        return False
    return True


def _operation(row: OperationRow) -> OperationDeclared | None:
    living = [operation for _, operation in row.living()]
    if not living:
        return None
    operation = living[0]
    code = operation.code_config
    return OperationDeclared(
        name=row.name,
        config=fields_of(code),
        override=_difference(code, operation.config),
        revision=operation.revision,
        locked=code.locked,
        budget=operation.budget is not None,
        twins=len(living),
        service_name=_label(operation.service_name),
    )


def fields_of(config: Config) -> dict[str, Any]:
    """A configuration as plain fields."""
    return {name: clean(value) if isinstance(value, str) else value for name, value in config.as_dict().items()}


def hold_of(name: str, hold: EngineHold, moment: Callable[[Any], float]) -> Hold:
    """The engine's hold in the words of the wire; its end is on whatever clock ``moment`` gives."""
    return Hold(
        breaker=name,
        kind=HOLD_KINDS[hold.kind.value],  # type: ignore[arg-type]
        reason=clean(hold.reason),
        actor=clean(hold.actor, limits.NAME),
        until=min(moment(hold.until), limits.MOMENT) if hold.until is not None else None,
    )


def _difference(code: Config, in_force: Config) -> dict[str, Any]:
    return {name: plain(there) for name, (_, there) in code.diff(in_force).items()}


def _label(text: str | None) -> str | None:
    return None if text is None else clean(text, limits.NAME)


def _present(found: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(each for each in found if each is not None)
