"""Where an error happened."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from recovery.engine.types import ErrorContext


def test_the_named_parts():
    """Operation, its context and a service."""
    context = ErrorContext("fetch", {"page": 3}, "catalogue")
    assert (
        context.operation_name, context.operation_context, context.service_name,
    ) == ("fetch", {"page": 3}, "catalogue")  # fmt: skip


def test_only_the_operation_is_needed():
    """The rest is empty, and every context has a dictionary of its own."""
    context = ErrorContext(operation_name="fetch")
    assert (context.operation_context, context.service_name, context.extras) == ({}, None, {})
    context.operation_context["page"] = 1
    assert ErrorContext(operation_name="fetch").operation_context == {}


def test_further_keywords_are_attributes_and_extras():
    """``video_id=…`` is kept both ways."""
    context = ErrorContext("fetch", video_id="v1", job_id=7, url="https://example.org")
    assert (context.video_id, context.job_id, context.url) == ("v1", 7, "https://example.org")
    assert context.extras == {"video_id": "v1", "job_id": 7, "url": "https://example.org"}


def test_what_was_never_given_is_no_attribute():
    """Asking for it is an AttributeError, not a None."""
    with pytest.raises(AttributeError, match="video_id"):
        _ = ErrorContext("fetch").video_id


@pytest.mark.parametrize(
    "values",
    [{}, {"operation": "fetch"}, {"context": {}}, {"operation": "fetch", "context": {}}, {"operation_context": {}}],
)
def test_without_an_operation_name_the_error_names_both_words(values: Any):
    """Missing, or the old names alone: a TypeError that says what to write."""
    with pytest.raises(TypeError, match=r"operation_name.*operation_context"):
        ErrorContext(**values)


def test_the_old_names_are_pointed_at():
    """The text says what each old keyword is called now."""
    with pytest.raises(TypeError, match=r"operation= is now operation_name=, context= is now operation_context="):
        ErrorContext(operation="fetch", context={})


@pytest.mark.parametrize("name", ["", 3, b"fetch", ["fetch"]])
def test_the_operation_name_must_be_a_text(name: str):
    """Anything else is a TypeError that names the field."""
    with pytest.raises(TypeError, match="operation_name"):
        ErrorContext(name)


@pytest.mark.parametrize("given", ["page 3", 3, [("page", 3)]])
def test_the_operation_context_must_be_a_mapping(given: Any):
    """Anything else is a TypeError that names the field."""
    with pytest.raises(TypeError, match="operation_context"):
        ErrorContext("fetch", given)


@pytest.mark.parametrize("word", ["extras", "as_dict"])
def test_its_own_words_cannot_be_extras(word: str):
    """They would hide what the context itself says."""
    with pytest.raises(TypeError, match=word):
        ErrorContext("fetch", **{word: 1})


def test_the_given_mapping_is_copied():
    """A later change of it does not reach the context."""
    given = {"page": 3}
    context = ErrorContext("fetch", given)
    given["page"] = 4
    assert context.operation_context == {"page": 3}


def test_as_dict_is_plain_data():
    """Also where times, sets and objects are in it."""
    context = ErrorContext("fetch", {"at": datetime(2026, 1, 2, tzinfo=UTC), 3: {1}}, tags=("a", object), cost=1.5)
    told = json.loads(json.dumps(context.as_dict()))
    assert {"operation_name", "operation_context", "service_name", "extras"} == told.keys()
    assert told["operation_context"] == {"at": "2026-01-02T00:00:00+00:00", "3": [1]}
    assert told["extras"]["cost"] == 1.5


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))])
def test_a_copy_is_equal(copied: Any):
    """With its extras."""
    context = ErrorContext("fetch", {"page": 3}, "catalogue", video_id="v1")
    assert context == copied(context)
    assert copied(context).video_id == "v1"


def test_contexts_compare_by_everything_in_them():
    """One extra more is another context."""
    assert ErrorContext("fetch") == ErrorContext("fetch")
    assert ErrorContext("fetch") != ErrorContext("fetch", page=1)
    assert ErrorContext("fetch") != "fetch"


def test_repr_shows_all():
    """For the log."""
    assert (
        repr(ErrorContext("fetch", {"page": 3}, job_id=7))
        == "ErrorContext('fetch', {'page': 3}, service_name=None, job_id=7)"
    )
