"""What an act changed, field by field, as people read it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from recovery.models.shares import SHARE

MOST_TEXT = 2_000
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")  # as acts write it
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
    """Both sides; whole where they are not fields. Of one thing that stood before, its fields."""
    if isinstance(before, list) and len(before) == 1 and isinstance(before[0], Mapping):
        before = before[0]
    if isinstance(before or {}, Mapping) and isinstance(after or {}, Mapping):
        old, new = dict(before or {}), dict(after or {})
        return tuple(Change(name, _side(old, name), _side(new, name)) for name in sorted(old.keys() | new.keys()))
    if before in (None, [], {}) and isinstance(after, Mapping):
        return changes({}, after)
    return (Change("", words(before) if before else NOTHING, words(after) if after else NOTHING),)


def words(value: Any) -> str:
    """A value as text: plain where it is plain, else JSON."""
    if isinstance(value, str):
        text = _moment(value) if MOMENT.fullmatch(value) else value
    elif value is None or value == {}:
        text = "none"
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, list) and all(isinstance(each, str) for each in value):
        text = ", ".join(value) or "none"
    else:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"


def scope_words(scope: Mapping[str, Any]) -> str:
    """Where something was meant to act; empty: everywhere."""
    if scope.get("kind") == SHARE:
        return f"{scope['values'][0]} % of the processes"
    if set(scope) == {"kind", "values"}:
        return f"{scope['kind']} {', '.join(map(str, scope['values']))}"
    return " · ".join(f"{name} {words(value)}" for name, value in scope.items())


def _side(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if name == "scope" and isinstance(value, Mapping):
        return scope_words(value) or "all processes"
    return words(value) if name in fields else NOTHING


def _moment(text: str) -> str:
    return f"{text[:10]} {text[11:19]} UTC"
