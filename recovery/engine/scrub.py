"""Secrets are taken out before anything is kept, shown or sent.

``scrub_text`` works on any text, ``scrub_value`` on nested data; both are idempotent and take linear time. When in
doubt they take out too much. ``add_secret_words`` and ``add_pattern`` teach them a service's own secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from itertools import islice
from math import isfinite

from .secret_forms import MARK, add_pattern, add_secret_words, is_secret_name, without_secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = ["MARK", "add_pattern", "add_secret_words", "is_secret_name", "scrub_text", "scrub_value"]
_LONGEST_TEXT = 64_000
_DEEPEST = 8
_MOST_ITEMS = 100
_CUT = "…"


def scrub_text(text: str) -> str:
    """The text without secrets; of a very long one the beginning."""
    text = str(text)
    return without_secrets(text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + _CUT)


def scrub_value(value: Any, _depth: int = 0) -> Any:
    """Plain, JSON-ready data without secrets, to a bounded depth and size; never raises."""
    try:
        if isinstance(value, Enum):
            value = value.value
        if value is None or isinstance(value, (bool, int)):
            return value
        if isinstance(value, float):
            return value if isfinite(value) else str(value)
        if isinstance(value, str):
            return scrub_text(value)
        if _depth >= _DEEPEST:
            return _CUT
        return _scrubbed(value, _depth + 1)
    except Exception:  # other people's iterators and __str__
        return f"<{type(value).__name__}>"


def _scrubbed(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [scrub_value(item, depth) for item in _first(value)] + ([_CUT] if len(value) > _MOST_ITEMS else [])
    if isinstance(value, (bytes, bytearray)):
        return scrub_text(bytes(value[:_LONGEST_TEXT]).decode("utf-8", "backslashreplace"))
    for name in ("as_dict", "isoformat"):
        made = getattr(value, name, None)
        if callable(made) and isinstance(plain := made(), (str, dict)):
            return scrub_value(plain, depth)
    return scrub_text(str(value))


def _mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key in _first(value):
        name = str(key.value if isinstance(key, Enum) else key)
        item = value[key]
        hidden = is_secret_name(name) and item is not None and not isinstance(item, bool)
        made[scrub_text(name)] = MARK if hidden else scrub_value(item, depth)
    if len(value) > _MOST_ITEMS:
        made[_CUT] = _CUT
    return made


def _first(values: Iterable[Any]) -> Iterable[Any]:
    return islice(values, _MOST_ITEMS)
