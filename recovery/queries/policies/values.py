"""Values of a configuration as people read them, where each comes from, and what two sets of fields differ in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from recovery.engine.types import BreakerConfig, RetryConfig

DEFAULT, CODE, CONSOLE = "default", "code", "console"
AS_IN_CODE = "as in code"
CONFIGS: dict[str, type[BreakerConfig] | type[RetryConfig]] = {"breaker": BreakerConfig, "operation": RetryConfig}

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """One field in force."""

    name: str
    value: Any
    unit: str
    help: str
    source: str

    @property
    def words(self) -> str:
        """As people read it."""
        return in_words(self.value, self.unit)


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: before and after in words; empty: there is nothing to be said of it."""

    name: str
    before: str
    after: str


def in_words(value: Any, unit: str = "") -> str:
    """``30 s``, ``5 failures``, ``off``, ``yes``, ``timeout 2, rate_limited 3``."""
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(each)}" for key, each in sorted(value.items())) or "none"
    number = f"{value:g}" if isinstance(value, float) and abs(value) < 10**6 else str(value)
    if not unit or isinstance(value, str):
        return number
    return f"{number} {unit.removesuffix('s') if value == 1 and len(unit) > 1 else unit}"


def _plain(each: Any) -> str:
    """An entry of a map; in a draft, or from a newer client, it may be no number."""
    return f"{each:g}" if isinstance(each, int | float) else str(each)


def unit_of(kind: str, name: str) -> str:
    """What a field counts; empty for one that we do not know."""
    found = CONFIGS[kind].FIELDS.get(name)
    return found.unit if found is not None else ""


def values(kind: str, force: Fields, code: Fields, over: Fields | None = None) -> Iterable[Value]:
    """Known fields in the order of the engine, then what a newer client may have brought.

    ``over``: what the console put over the code's own; without it, whatever differs from the code is the console's.
    """
    config = CONFIGS[kind]
    defaults = config().as_dict()
    for name in [*defaults, *(name for name in force if name not in defaults)]:
        own = code.get(name, defaults.get(name))
        value, told = force.get(name, own), config.FIELDS.get(name)
        console = value != own if over is None else name in over
        yield Value(
            name=name,
            value=value,
            unit=told.unit if told else "",
            help=told.help if told else "",
            source=CONSOLE if console else CODE if own != defaults.get(name) else DEFAULT,
        )


def whole(kind: str, code: Fields, over: Fields | None) -> dict[str, Any]:
    """All fields: the defaults, the code's own over them, and the console's over those."""
    return {**CONFIGS[kind]().as_dict(), **code, **(over or {})}


def changes(kind: str, before: Fields | None, after: Fields | None) -> tuple[Change, ...]:
    """What two sets of overriding fields differ in; what one of them leaves alone is there as in code."""
    was, is_ = before or {}, after or {}
    return tuple(
        Change(name, _said(kind, was, name), _said(kind, is_, name))
        for name in sorted(was.keys() | is_.keys())
        if name not in was or name not in is_ or was[name] != is_[name]
    )


def differences(kind: str, wanted: Fields, runs: Fields) -> tuple[Change, ...]:
    """What runs otherwise than wanted, among the fields that both name."""
    return tuple(
        Change(name, _said(kind, wanted, name), _said(kind, runs, name))
        for name in wanted
        if name in runs and runs[name] != wanted[name]
    )


def _said(kind: str, fields: Fields, name: str) -> str:
    return in_words(fields[name], unit_of(kind, name)) if name in fields else AS_IN_CODE
