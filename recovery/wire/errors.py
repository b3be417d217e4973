"""What is wrong with a frame, said so that its sender can mend it."""

from __future__ import annotations

import re
from typing import Any

import msgspec

_SHOWN = 80
_PATH = re.compile(r" - at `(?:key in )?`?\$?(?P<path>[^`]*)`\s*$")
_STEP = re.compile(r"\.(?P<key>\w+)|\[(?P<index>\d+)\]|(?P<each>\[\.\.\.\])")
_BOUND = re.compile(r"(?P<length>of length )?(?P<sign><=|>=|<|>) (?P<limit>-?[\d.]+(?:e[+-]?\d+)?)")
_GOT = re.compile(r", got `(?P<got>\w+)`")
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float,),
    "bool": (bool,),
    "null": (type(None),),
    "array": (list,),
    "object": (dict,),
}


class WireError(ValueError):
    """A frame that breaks a rule: ``code``, the ``field``, its ``value`` (cut short) and what would be ``legal``.

    Codes: too_big, not_json, too_deep, bad_text, too_long, invalid.
    """

    def __init__(self, code: str, field: str, value: str, legal: str) -> None:
        super().__init__(f"{field}: expected {legal}, got {value}")
        self.code = code
        self.field = field
        self.value = value
        self.legal = legal


def shown(value: Any) -> str:
    """A value cut short for an error's text."""
    if isinstance(value, bytes):
        value = value[: _SHOWN * 2].decode("utf-8", "backslashreplace")
    text = value if isinstance(value, str) else repr(value)[: _SHOWN * 2]
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def found_at(plain: Any, error: msgspec.ValidationError) -> WireError:
    """The error of msgspec with the value that it is about."""
    text = str(error)
    match = _PATH.search(text)
    path = match["path"] if match else ""
    said = text[: match.start()] if match else text
    values = _values(plain, path)
    value = next((each for each in values if _breaks(each, said)), values[0] if len(values) == 1 else "something else")
    legal = _GOT.sub("", said.removeprefix("Expected ")).replace("`", "")
    if said.startswith("Invalid enum value"):
        legal = "a word of the reference"
    elif said.startswith("Object missing"):
        legal = f"an object with the field {legal.rpartition(' ')[2]}"
    code = "too_long" if "of length <=" in said else "invalid"
    return WireError(code, path.lstrip(".").replace("[...]", "[]") or "frame", shown(value), legal)


def _values(plain: Any, path: str) -> list[Any]:
    """All values that a path may mean (msgspec does not say which value of a mapping it is about)."""
    values = [plain]
    for step in _STEP.finditer(path):
        if step["key"]:
            values = [each[step["key"]] for each in values if isinstance(each, dict) and step["key"] in each]
        elif step["index"]:
            values = [each[int(step["index"])] for each in values if isinstance(each, list)]
        else:
            values = [item for each in values if isinstance(each, dict) for item in each.values()]
    return values


def _breaks(value: Any, said: str) -> bool:
    if got := _GOT.search(said):
        return isinstance(value, _TYPES.get(got["got"], ()))
    bound = _BOUND.search(said)
    if bound is None:
        return "Invalid enum value" not in said or repr(value) in said
    if bound["length"]:
        return hasattr(value, "__len__") and not _holds(len(value), bound["sign"], float(bound["limit"]))
    return isinstance(value, int | float) and not _holds(value, bound["sign"], float(bound["limit"]))


def _holds(number: float, sign: str, limit: float) -> bool:
    return {"<=": number <= limit, ">=": number >= limit, "<": number < limit, ">": number > limit}[sign]
