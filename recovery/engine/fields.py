"""One configuration field: its range, unit, default and line of help, said once and read everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite, isnan
from sys import float_info

from .figures import FrozenDict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def is_number(value: object) -> bool:
    """Whether it is a number with a size: no bool, no NaN; an infinity is one."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not isnan(value)


class Field:
    """A field of a config. Forms, docs, the API and error texts read it from here.

    ``kind`` is "int", "float", "bool", "choice" or "map"; ``low`` and ``high`` are the legal ends (``above`` True: low
    itself is not legal); ``nullable`` lets None mean *off*; ``keys`` and ``value`` describe a map.
    """

    __slots__ = (
        "above", "choices", "default", "help", "high", "keys", "kind", "kw_only", "low", "name", "nullable", "unit",
        "value",
    )  # fmt: skip

    def __init__(
        self,
        *,
        default: Any,
        help: str,  # noqa: A002 - the word forms and docs use
        kind: str = "float",
        low: float | None = None,
        high: float | None = None,
        above: bool = False,
        nullable: bool = False,
        unit: str = "",
        choices: tuple[Any, ...] = (),
        keys: Any = None,
        value: Field | None = None,
        kw_only: bool = False,
    ) -> None:
        self.name = ""
        self.default = default
        self.help = help
        self.kind = kind
        self.low = low
        self.high = high
        self.above = above
        self.nullable = nullable
        self.unit = unit
        self.choices = choices
        self.keys = keys
        self.value = value
        self.kw_only = kw_only

    @property
    def range_text(self) -> str:
        """The legal range in words: ``a whole number >= 1``."""
        if self.kind == "map":
            each = self.value.range_text if self.value else "a value"
            return f"a mapping of {self.keys.__name__} to {each}"
        text = {"int": "a whole number", "float": "a finite number", "bool": "True or False", "choice": ""}[self.kind]
        if self.choices:
            text = " or ".join(filter(None, (text, *(repr(c) for c in self.choices))))
        if self.low is not None and self.high is not None:
            text += f" in {'(' if self.above else '['}{self.low:g}, {self.high:g}]"
        elif self.low is not None:
            text += f" {'>' if self.above else '>='} {self.low:g}"
        return text + (", or None" if self.nullable else "")

    def problem(self, value: Any) -> str | None:
        """What is wrong with a value, naming field, value and legal range; None when nothing is."""
        if (value is None and self.nullable) or self._fits(value):
            return None
        return f"{self.name} must be {self.range_text}, got {value!r}"

    def _fits(self, value: Any) -> bool:
        if any(value is choice or (type(value) is type(choice) and value == choice) for choice in self.choices):
            return True
        if self.kind == "bool":
            return isinstance(value, bool)
        if self.kind == "map":
            return self._fits_map(value)
        return self._is_number(value) and self._in_range(value)

    def _is_number(self, value: Any) -> bool:
        if isinstance(value, bool) or self.kind == "choice":
            return False
        if self.kind == "int":
            return isinstance(value, int)
        return isinstance(value, (int, float)) and abs(value) <= float_info.max and isfinite(value)

    def _in_range(self, value: Any) -> bool:
        if self.low is not None and (value <= self.low if self.above else value < self.low):
            return False
        return self.high is None or bool(value <= self.high)

    def _fits_map(self, value: Any) -> bool:
        if not isinstance(value, Mapping) or self.value is None:
            return False
        known = set(self.keys)
        return all(key in known and self.value._fits(item) for key, item in value.items())

    def clean(self, value: Any) -> Any:
        """The form a legal value is kept in: floats as float, maps frozen with their real keys."""
        if self.kind == "float" and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if self.kind == "map":
            return FrozenDict({self.keys(key): item for key, item in value.items()})
        return value

    def as_dict(self) -> dict[str, Any]:
        """Plain data for forms and documents."""
        return {
            "name": self.name, "kind": self.kind, "default": self.default if self.kind != "map" else {},
            "low": self.low, "high": self.high, "above": self.above, "nullable": self.nullable, "unit": self.unit,
            "choices": list(self.choices), "range": self.range_text, "help": self.help,
        }  # fmt: skip
