"""My edits over theirs: what only one of us changed is kept, what both changed is mine, and is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recovery.queries.policies.merge import rebased

FIELDS = st.none() | st.dictionaries(st.sampled_from("abcd"), st.none() | st.integers(1, 3), max_size=4)

CASES: list[tuple[Any, Any, Any, Any, tuple[str, ...]]] = [
    ({"a": 1}, {"a": 2}, {"a": 1, "b": 1}, {"a": 2, "b": 1}, ()),
    ({"a": 1}, {"a": 2}, {"a": 3}, {"a": 2}, ("a",)),
    ({"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}, ()),
    ({"a": 1, "b": 1}, {"b": 1}, {"a": 1, "b": 2}, {"b": 2}, ()),
    ({"a": 1}, {"a": 1, "b": None}, None, {"b": None}, ()),
    ({"a": 1}, {"a": 2}, None, {"a": 2}, ("a",)),
    ({"a": 1}, None, {"a": 1}, None, ()),
    (None, {"a": None}, {"a": 1}, {"a": None}, ("a",)),
]


@pytest.mark.parametrize(("base", "mine", "theirs", "fields", "both"), CASES)
def test_two_edits_come_together(base: Any, mine: Any, theirs: Any, fields: Any, both: tuple[str, ...]) -> None:
    merged = rebased(base, mine, theirs)
    assert (merged.fields, merged.both) == (fields, both)


@given(FIELDS, FIELDS, FIELDS)
def test_each_field_is_mine_where_i_changed_it_and_theirs_elsewhere(base: Any, mine: Any, theirs: Any) -> None:
    merged = rebased(base, mine, theirs).fields or {}
    was, edited, present = base or {}, mine or {}, theirs or {}
    nothing = object()
    for name in "abcd":
        changed = was.get(name, nothing) != edited.get(name, nothing)
        assert merged.get(name, nothing) == (edited if changed else present).get(name, nothing)


@given(FIELDS, FIELDS)
def test_where_nobody_else_was_there_it_is_what_i_typed(base: Any, mine: Any) -> None:
    assert (rebased(base, mine, base).fields or {}) == (mine or {})
    assert (rebased(base, base, mine).fields or {}) == (mine or {})
