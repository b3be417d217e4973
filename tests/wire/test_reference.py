"""The written reference is true: every example decodes, comes back the same, and nothing is left out."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from recovery import wire
from recovery.wire import events, limits, orders
from tests.wire.documented import bounds, examples

EXAMPLES = examples()


def _name(example: dict[str, Any]) -> str:
    return f"{example['kind']}-{example['do']['kind']}" if "do" in example else str(example["kind"])


@pytest.mark.parametrize("example", EXAMPLES, ids=_name)
def test_an_example_comes_back_as_it_was(example: dict[str, Any]) -> None:
    message = wire.decode(json.dumps(example))
    assert isinstance(message, wire.Message)
    (frame,) = wire.encode(message)
    assert wire.decode(frame) == message
    assert json.loads(frame) == example  # so it names no field that the code does not know, and no default


def test_every_message_event_and_act_has_an_example() -> None:
    assert {example["kind"] for example in EXAMPLES} == set(wire.KINDS)
    assert {event["kind"] for e in EXAMPLES for event in e.get("events", ())} == events.EVENT_KINDS
    assert {example["do"]["kind"] for example in EXAMPLES if "do" in example} == orders.ACT_KINDS - {"unknown"}


def _fields(value: Any, found: dict[str, set[str]]) -> None:
    """The fields of each struct that stand in an example."""
    if isinstance(value, msgspec.Struct):
        plain = msgspec.to_builtins(value)
        found.setdefault(type(value).__name__, set()).update(plain)
        for name in value.__struct_fields__:
            _fields(getattr(value, name), found)
    elif isinstance(value, tuple):
        for item in value:
            _fields(item, found)


def test_every_field_is_shown_in_an_example() -> None:
    found: dict[str, set[str]] = {}
    for example in EXAMPLES:
        _fields(wire.decode(json.dumps(example)), found)
    kinds = [cls for cls in vars(wire).values() if isinstance(cls, type) and issubclass(cls, wire.values.Value)]
    left_out = {
        f"{cls.__name__}.{name}"
        for cls in kinds
        if cls.__name__ in found
        for name in cls.__struct_fields__
        if name not in found[cls.__name__]
    }
    assert left_out == {"Events.skipped"}  # the reader's own


def test_the_table_of_bounds_is_complete_and_true() -> None:
    constants = {name: value for name, value in vars(limits).items() if name.isupper()}
    assert bounds() == {name: str(value) for name, value in constants.items()}
