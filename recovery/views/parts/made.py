"""What a part is made of, and the numbers in its key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

Made = tuple[str, dict[str, Any]]  # template, context
Part = Callable[[str], Made]  # from what follows the name in the key

DIGITS = 18


class NoFragment(LookupError):
    """No part has this key: the page is older than the code, or what it showed is gone."""


def whole_number(rest: str) -> int:
    """The id in a key."""
    if not rest.isascii() or not rest.isdigit() or len(rest) > DIGITS:
        raise NoFragment(rest[:100])
    return int(rest)


def asked(rest: str) -> dict[str, str]:
    """The filter in a key."""
    return dict(parse_qsl(rest))


def found(value: Any, key: str) -> Any:
    """What was read, if there is anything."""
    if value is None:
        raise NoFragment(key[:100])
    return value
