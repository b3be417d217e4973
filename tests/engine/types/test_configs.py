"""What both configs share: frozen values that can be compared, replaced, diffed, copied and written down."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import json
import pickle
from typing import Any

import pytest

from recovery.engine.types import BreakerConfig, RetryConfig, RetryReason

FULL_RETRY = RetryConfig(
    7, 0.25, 60, "decorrelated", 1.5, 9, 30, max_elapsed=90, attempt_timeout=5, nested="stop", locked=True,
    reason_factors={RetryReason.TIMEOUT: 2.5, RetryReason.UNKNOWN: 1}, reason_limits={RetryReason.NOT_FOUND: 0},
)  # fmt: skip
FULL_BREAKER = BreakerConfig(
    None, 50, 80.5, 0.2, "time", 60, 20, 0, 2, 600, 0.1, 3, 2, 4.5, open_on_retry_after=True, locked=True
)
EACH = pytest.mark.parametrize(
    "config", [RetryConfig(), BreakerConfig(), FULL_RETRY, FULL_BREAKER, RetryConfig.testing()], ids=repr
)
KINDS = pytest.mark.parametrize("kind", [RetryConfig, BreakerConfig])


@EACH
def test_fields_cannot_be_set_or_deleted(config: Any):
    """A config never changes."""
    with pytest.raises(dataclasses.FrozenInstanceError, match="frozen"):
        config.recovery_timeout = 1
    with pytest.raises(AttributeError, match="frozen"):
        del config.recovery_timeout
    with pytest.raises(AttributeError, match="frozen"):
        config.something_else = 1


@EACH
def test_json_out_and_in_gives_the_same(config: Any):
    """Text, plain data and pickle all bring back an equal config."""
    assert config == type(config).from_json(config.to_json())
    assert config == type(config).from_dict(json.loads(json.dumps(config.as_dict())))
    assert config == pickle.loads(pickle.dumps(config))


@EACH
def test_dataclasses_take_it_apart(config: Any):
    """``asdict`` and ``astuple`` know frozen maps too."""
    assert type(config)(**dataclasses.asdict(config)) == config
    assert dataclasses.astuple(config) == tuple(dataclasses.asdict(config).values())


def test_maps_are_frozen_dicts():
    """They show what is in them, and refuse changes."""
    factors = FULL_RETRY.reason_factors
    with pytest.raises(TypeError, match="frozen"):
        factors[RetryReason.TIMEOUT] = 9  # type: ignore[index]
    assert json.loads(json.dumps(factors)) == {"timeout": 2.5, "unknown": 1}
    assert "mappingproxy" not in repr(FULL_RETRY)


@EACH
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, dataclasses.replace, lambda c: c.replace()])
def test_a_copy_is_equal_and_hashes_alike(config: Any, copied: Any):
    """However it is copied."""
    assert config == copied(config)
    assert hash(config) == hash(copied(config))


@KINDS
@pytest.mark.parametrize("change", [lambda c, **kw: c.replace(**kw), dataclasses.replace])
def test_replace_changes_one_field_and_leaves_the_original(kind: Any, change: Any):
    """By its own method and by ``dataclasses.replace``."""
    before = kind(recovery_timeout=5)
    after = change(before, recovery_timeout=0)
    assert (before.recovery_timeout, after.recovery_timeout) == (5, 0)
    assert type(after) is kind


@KINDS
@pytest.mark.parametrize("change", [lambda c, **kw: c.replace(**kw), dataclasses.replace])
def test_replace_checks_like_the_constructor(kind: Any, change: Any):
    """A bad value is refused, an unknown field is a TypeError."""
    with pytest.raises(ValueError, match="recovery_timeout must be"):
        change(kind(), recovery_timeout=-1)
    with pytest.raises(TypeError, match="no field no_such"):
        change(kind(), no_such=1)


@KINDS
def test_copy_replace_of_newer_pythons_is_served(kind: Any):
    """``copy.replace`` (3.13) looks for ``__replace__``."""
    assert kind().__replace__(recovery_timeout=4).recovery_timeout == 4


@KINDS
def test_unknown_and_doubled_values_are_type_errors(kind: Any):
    """As with any function."""
    with pytest.raises(TypeError, match="no field no_such"):
        kind(no_such=1)
    with pytest.raises(TypeError, match="twice"):
        kind(5, **{next(iter(kind.FIELDS)): 5})
    with pytest.raises(TypeError, match="positional"):
        kind(*[1] * 40)


@KINDS
@pytest.mark.parametrize("text", ["[]", "3", "null", '"x"'])
def test_json_that_is_no_object_is_refused(kind: Any, text: str):
    """It is a ValueError that says what was found."""
    with pytest.raises(ValueError, match="JSON object"):
        kind.from_json(text)


@KINDS
@pytest.mark.parametrize("text", ['{"recovery_timeout": NaN}', '{"recovery_timeout": Infinity}', '{"no_such": 1}', "{"])
def test_json_with_bad_values_is_refused(kind: Any, text: str):
    """Not-a-number, unknown fields and broken text are ValueErrors."""
    with pytest.raises(ValueError, match=r"recovery_timeout|no_such|Expecting"):
        kind.from_json(text)


def test_missing_fields_in_json_take_their_defaults():
    """What is not said is the default."""
    assert BreakerConfig(failure_threshold=2) == BreakerConfig.from_json('{"failure_threshold": 2}')


def test_diff_says_what_differs_field_by_field():
    """Name to (here, there)."""
    here, there = BreakerConfig(), BreakerConfig(failure_threshold=None, locked=True)
    assert here.diff(there) == {"failure_threshold": (5, None), "locked": (False, True)}
    assert here.diff(BreakerConfig()) == {}


def test_diff_of_two_kinds_is_refused():
    """There is nothing to compare."""
    with pytest.raises(TypeError, match="RetryConfig"):
        BreakerConfig().diff(RetryConfig())


def test_configs_compare_by_value_and_kind():
    """Equal fields are equal configs; another class never is."""
    assert BreakerConfig(recovery_timeout=5) == BreakerConfig(recovery_timeout=5.0)
    assert BreakerConfig(recovery_timeout=5) != BreakerConfig(recovery_timeout=6)
    assert BreakerConfig() != RetryConfig()
    assert BreakerConfig() != "BreakerConfig"


def test_equal_configs_hash_alike():
    """Whatever the order of a map and the kind of its numbers."""
    some = RetryConfig(reason_factors={RetryReason.TIMEOUT: 2, RetryReason.UNKNOWN: 1})
    same = RetryConfig(reason_factors={"unknown": 1.0, "timeout": 2.0})
    assert some == same
    assert hash(some) == hash(same)
    assert {some, same} == {same}


@KINDS
def test_the_signature_shows_every_field_with_its_default(kind: Any):
    """``inspect.signature`` tells the truth."""
    parameters = inspect.signature(kind).parameters
    assert list(kind.FIELDS) == list(parameters)
    assert all(parameters[name].default == field.default for name, field in kind.FIELDS.items())
    assert all((parameters[n].kind is inspect.Parameter.KEYWORD_ONLY) == f.kw_only for n, f in kind.FIELDS.items())


@KINDS
def test_repr_shows_every_field(kind: Any):
    """It can be read, and for a plain config typed again."""
    text = repr(kind())
    assert text.startswith(f"{kind.__name__}(")
    assert all(f"{name}=" in text for name in kind.FIELDS)


@KINDS
def test_every_field_describes_itself_for_forms_and_docs(kind: Any):
    """Range, unit, default and one line of help live on the field, as plain data."""
    for name, field in kind.FIELDS.items():
        told = json.loads(json.dumps(field.as_dict()))
        assert told["name"] == name
        assert told["range"] == field.range_text
        assert told["help"].endswith((".", ")"))
        assert "\n" not in told["help"]


@KINDS
def test_dataclasses_fields_names_them(kind: Any):
    """``dataclasses.fields`` works on a config."""
    assert list(kind.FIELDS) == [field.name for field in dataclasses.fields(kind)]
