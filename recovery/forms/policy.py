"""A policy as it is typed: text in, fields out. What is legal the engine's own fields say, through the action's check.

A field that is left empty stays as in code; ``off`` is None where that is legal; the entries of a map are typed as
``reason_factors.timeout``, and ``none`` is the empty map. The same names stand in the address of a draft.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recovery.actions.policies import CONFIGS, LOCKED, checked
from recovery.actions.problems import Invalid
from recovery.engine.fields import Field
from recovery.models import Breaker, Operation

OFF, NONE, YES, NO = "off", "none", "yes", "no"
LONGEST = 100  # characters of one value


def kind_of(row: Breaker | Operation) -> str:
    """The word of the row's kind."""
    return "breaker" if isinstance(row, Breaker) else "operation"


def draft_of(data: Mapping[str, Any], row: Breaker | Operation) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """The fields of a form or an address, and what is wrong with them, by field ("": with the whole).

    Fields None: nothing is put over the code's own. Where there are problems, the fields are as far as they were read.
    """
    kind = kind_of(row)
    fields, problems = typed(data, kind)
    if not problems and fields:
        try:
            return checked(kind, row, fields), {}
        except Invalid as problem:
            return fields, problem.problems
    if problems:
        problems = _others(kind, row, fields) | problems
    return fields or None, problems


def typed(data: Mapping[str, Any], kind: str) -> tuple[dict[str, Any], dict[str, str]]:
    """What was typed as values; a text that is no value stays a text, for the check to say what would be legal."""
    fields: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, field in CONFIGS[kind].FIELDS.items():
        texts = said(data, name)
        if name == LOCKED:
            continue
        if field.kind == "map":
            entries = _entries(data, field)
            if texts == [NONE] and not entries:
                fields[name] = {}
            elif texts:
                problems[name] = f"{name}: name reasons, or choose {NONE}"
            elif entries:
                fields[name] = entries
        elif len(texts) > 1:
            problems[name] = f"{name}: give a value or choose {OFF}, not both"
        elif texts:
            fields[name] = _value(field, texts[0])
    return fields, problems


def said(data: Mapping[str, Any], name: str) -> list[str]:
    """All texts of a name, without those that are empty."""
    given = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
    return [text[:LONGEST] for each in given if (text := str(each).replace("\0", "").strip())]


def _others(kind: str, row: Breaker | Operation, fields: dict[str, Any]) -> dict[str, str]:
    """What else is wrong, so that everything is said at once."""
    try:
        if fields:
            checked(kind, row, fields)
    except Invalid as problem:
        return problem.problems
    return {}


def _entries(data: Mapping[str, Any], field: Field) -> dict[str, Any]:
    texts = ((key, said(data, f"{field.name}.{key}")) for key in field.keys)
    assert field.value is not None
    return {str(key): _value(field.value, text[0]) for key, text in texts if text}


def _value(field: Field, text: str) -> Any:
    if field.nullable and text.lower() == OFF:
        return None
    if field.kind == "bool" and text.lower() in (YES, NO):
        return text.lower() == YES
    if text in field.choices or field.kind not in ("int", "float"):
        return text
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def as_typed(fields: Mapping[str, Any]) -> dict[str, str]:
    """Fields as the form would have them typed: what ``typed`` reads back."""
    texts: dict[str, str] = {}
    for name, value in fields.items():
        if isinstance(value, Mapping):
            texts |= {f"{name}.{key}": _text(each) for key, each in value.items()} or {name: NONE}
        else:
            texts[name] = _text(value)
    return texts


def _text(value: Any) -> str:
    if value is None:
        return OFF
    if isinstance(value, bool):
        return YES if value else NO
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 10**15 else str(value)
