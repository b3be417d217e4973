"""Two people edited one policy: what each changed, and the second one's edits put over the first one's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Merged:
    """What comes of it; ``both``: fields that both changed, to different values: mine stand."""

    fields: dict[str, Any] | None
    both: tuple[str, ...]


def rebased(base: Fields | None, mine: Fields | None, theirs: Fields | None) -> Merged:
    """My edits of ``base`` over theirs. A field that I took away is taken away; fields None: the code's own."""
    was, edited, present = base or {}, mine or {}, theirs or {}
    my_edits = {name for name in was.keys() | edited.keys() if _differ(was, edited, name)}
    their_edits = {name for name in was.keys() | present.keys() if _differ(was, present, name)}
    kept = {name: value for name, value in present.items() if name not in my_edits}
    kept |= {name: edited[name] for name in my_edits if name in edited}
    both = sorted(name for name in my_edits & their_edits if _differ(edited, present, name))
    return Merged(kept or None, tuple(both))


_NOTHING = object()


def _differ(one: Fields, other: Fields, name: str) -> bool:
    return one.get(name, _NOTHING) != other.get(name, _NOTHING)
