"""What an act changed, field by field, as people read it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_TEXT = 2_000
NOTHING = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One field. An empty side: it was not there."""

    name: str
    before: str
    after: str

    @property
    def same(self) -> bool:
        """Whether it stayed as it was."""
        return self.before == self.after


def changes(before: Any, after: Any) -> tuple[Change, ...]:
    """Both sides; whole where they are not fields."""
    if isinstance(before or {}, Mapping) and isinstance(after or {}, Mapping):
        old, new = dict(before or {}), dict(after or {})
        return tuple(Change(name, _side(old, name), _side(new, name)) for name in sorted(old.keys() | new.keys()))
    if before in (None, [], {}) and isinstance(after, Mapping):
        return changes({}, after)
    return (Change("", words(before) if before else NOTHING, words(after) if after else NOTHING),)


def words(value: Any) -> str:
    """A value as text: plain where it is plain, else JSON."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, list) and all(isinstance(each, str) for each in value):
        text = ", ".join(value) or "none"
    else:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def _side(fields: dict[str, Any], name: str) -> str:
    return words(fields[name]) if name in fields else NOTHING
