"""Frozen values: one small metaclass turns annotations into slots.

Why not ``dataclasses``: importing it costs 12 ms (it pulls in ``inspect``), and ``import recovery`` is to be cheap
for every process that only wants a breaker. ``dataclass_transform`` gives type checkers the same view.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import Enum

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, dataclass_transform
else:

    def dataclass_transform(**_kwargs: object) -> Any:
        """Stand-in for ``typing.dataclass_transform`` (importing ``typing`` at run time is what we avoid)."""
        return lambda cls: cls


@dataclass_transform(frozen_default=True, eq_default=True, kw_only_default=True)
class RecordType(type):
    """Metaclass: annotated names become slots, assigned values their defaults."""

    _fields: tuple[str, ...]
    _defaults: dict[str, Any]

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> RecordType:
        """Build the class; fields of the parents come first."""
        own = tuple(n for n in namespace.get("__annotations__", {}) if not n.startswith("_"))
        defaults = {n: namespace.pop(n) for n in own if n in namespace}
        namespace.setdefault("__slots__", own)
        cls = super().__new__(mcls, name, bases, namespace)
        cls._fields = tuple(f for b in bases for f in getattr(b, "_fields", ())) + own
        cls._defaults = {k: v for b in bases for k, v in getattr(b, "_defaults", {}).items()} | defaults
        return cls


class Record(metaclass=RecordType):
    """A frozen value with named fields, given by keyword or in order; ``as_dict()`` gives plain, JSON-ready data."""

    if TYPE_CHECKING:
        _fields: ClassVar[tuple[str, ...]]
        _defaults: ClassVar[dict[str, Any]]

    if not TYPE_CHECKING:

        def __init__(self, *args: Any, **values: Any) -> None:
            """Take every field once; a missing or unknown one is a TypeError that names it."""
            for name, value in zip(self._fields, args, strict=False):
                if name in values:
                    raise TypeError(f"{type(self).__name__} got {name} twice")
                values[name] = value
            if len(args) > len(self._fields):
                raise TypeError(f"{type(self).__name__} takes at most {len(self._fields)} values, got {len(args)}")
            for name in self._fields:
                if name in values:
                    object.__setattr__(self, name, values.pop(name))
                elif name in self._defaults:
                    object.__setattr__(self, name, self._defaults[name])
                else:
                    raise TypeError(f"{type(self).__name__} needs {name}")
            if values:
                raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(values))}")

    def __setattr__(self, name: str, _value: object) -> None:
        """Refuse: a record never changes."""
        raise _frozen(f"{type(self).__name__} is frozen: cannot set {name}")

    def __delattr__(self, name: str) -> None:
        """Refuse: a record never changes."""
        raise _frozen(f"{type(self).__name__} is frozen: cannot delete {name}")

    def _values(self) -> Iterator[tuple[str, Any]]:
        return ((name, getattr(self, name)) for name in self._fields)

    def replace(self, **changes: Any) -> Any:
        """A copy with these fields changed."""
        return type(self)(**(dict(self._values()) | changes))

    __replace__ = replace  # copy.replace() of Python 3.13

    def as_dict(self) -> dict[str, Any]:
        """Plain data: dicts, lists, strings, numbers, None; enums by value, times in ISO 8601."""
        return {name: plain(value) for name, value in self._values()}

    def __eq__(self, other: object) -> bool:
        """Equal when of one class with equal fields."""
        if type(other) is not type(self):
            return NotImplemented
        return tuple(self._values()) == tuple(other._values())

    def __hash__(self) -> int:
        """Hash of the fields; equal records have equal hashes."""
        return hash((type(self).__name__, *(_hashable(value) for _, value in self._values())))

    def __repr__(self) -> str:
        """``Name(field=value, …)``."""
        return f"{type(self).__name__}({', '.join(f'{n}={v!r}' for n, v in self._values())})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by field values."""
        return (rebuild, (type(self), dict(self._values())))


def _frozen(text: str) -> AttributeError:
    """What a frozen dataclass raises, which records are like; imported only where somebody tries."""
    from dataclasses import FrozenInstanceError

    return FrozenInstanceError(text)


def rebuild(cls: Any, values: dict[str, Any]) -> Any:
    """Make a record again from its field values (unpickling)."""
    return cls(**values)


def _hashable(value: Any) -> Any:
    """Something to hash in place of a value; the same for equal ones. What cannot be told apart counts as its type."""
    try:
        hash(value)
    except TypeError:
        if isinstance(value, Mapping):
            return frozenset((key, _hashable(item)) for key, item in value.items())
        return tuple(map(_hashable, value)) if isinstance(value, (list, tuple)) else type(value)
    return value


def plain(value: Any) -> Any:
    """JSON-ready form of one value; what has no plain form becomes its ``str``."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    as_dict = getattr(value, "as_dict", None)
    if as_dict is not None:
        return as_dict()
    if isinstance(value, Mapping):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else str(value)
