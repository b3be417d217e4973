"""The configuration of a retry."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine.types import RetryConfig, RetryReason
from tests.engine.types.ranges import refusals

INF, NAN = float("inf"), float("nan")
LEGAL = {
    "max_attempts": [1, 10**9],
    "base_delay": [0, 0.0, 300],
    "max_delay": [1, 1.0, 1e300],
    "jitter": [True, False, "full", "decorrelated"],
    "exponential_base": [1, 1.0, 10],
    "failure_threshold": [1, 10**9],
    "recovery_timeout": [0, 0.0, 1e6],
    "max_elapsed": [None, 1e-9, 1, 1e6],
    "attempt_timeout": [None, 1e-9, 1, 1e6],
    "reason_factors": [{}, {RetryReason.TIMEOUT: 0}, {"timeout": 2.5}],
    "reason_limits": [{}, {RetryReason.TIMEOUT: 0}, {"rate_limited": 7}],
    "nested": ["retry", "stop"],
    "locked": [True, False],
}
ILLEGAL = {
    "max_attempts": [0, -1, 1.0, 2.5, "3", None, True, NAN, INF],
    "base_delay": [-1e-9, -1, NAN, INF, -INF, "1", None, True, 10**400],
    "max_delay": [-1, NAN, INF, "1", None, True],
    "jitter": ["none", "FULL", None, 1, 0, 0.1],
    "exponential_base": [0.999, 0, -2, NAN, INF, None, "2"],
    "failure_threshold": [0, -1, 1.5, None, True],
    "recovery_timeout": [-0.001, NAN, INF, None],
    "max_elapsed": [0, 0.0, -1, NAN, INF, "1", True],
    "attempt_timeout": [0, 0.0, -1, NAN, INF, "1", True],
    "reason_factors": [{"timeout": -1}, {"timeout": NAN}, {"no such reason": 1}, [("timeout", 1)], None, {1: 1}],
    "reason_limits": [{"timeout": -1}, {"timeout": 1.5}, {"timeout": True}, {"no such reason": 1}, None],
    "nested": ["ignore", None, True],
    "locked": [1, 0, None, "yes"],
}


def test_the_defaults_are_those_of_the_contract():
    """A bare RetryConfig has the promised numbers."""
    config = RetryConfig()
    assert (
        config.max_attempts, config.base_delay, config.max_delay, config.jitter, config.exponential_base,
        config.failure_threshold, config.recovery_timeout,
    ) == (3, 1.0, 300.0, True, 2.0, 5, 60.0)  # fmt: skip
    assert (
        config.max_elapsed, config.attempt_timeout, config.reason_factors, config.reason_limits, config.nested,
        config.locked,
    ) == (None, None, {}, {}, "retry", False)  # fmt: skip


def test_the_everyday_fields_may_be_given_in_order():
    """The first seven are positional, in the order of the contract."""
    config = RetryConfig(4, 0.5, 30.0, "full", 3.0, 7, 20.0)
    assert (
        config.max_attempts, config.base_delay, config.max_delay, config.jitter, config.exponential_base,
        config.failure_threshold, config.recovery_timeout,
    ) == (4, 0.5, 30.0, "full", 3.0, 7, 20.0)  # fmt: skip


def test_the_other_fields_are_keyword_only():
    """An eighth positional value is a TypeError."""
    with pytest.raises(TypeError, match="at most 7"):
        RetryConfig(4, 0.5, 30.0, "full", 3.0, 7, 20.0, 5.0)


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, values in LEGAL.items() for v in values])
def test_legal_values_are_kept(field: str, value: Any):
    """Each legal value, its ends and 0 included, is kept as given."""
    other = {"max_delay": 1e300} if field == "base_delay" else {"base_delay": 1} if field == "max_delay" else {}
    assert value == getattr(RetryConfig(**{field: value}, **other), field)


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, values in ILLEGAL.items() for v in values])
def test_illegal_values_are_refused_with_field_range_and_value(field: str, value: Any):
    """The ValueError names the class, the field, its legal range and what was given."""
    (text,) = refusals(RetryConfig, **{field: value})
    assert text == f"{field} must be {RetryConfig.FIELDS[field].range_text}, got {value!r}"


def test_every_field_is_tried():
    """The two tables above leave none out."""
    assert LEGAL.keys() == ILLEGAL.keys() == RetryConfig.FIELDS.keys()


def test_every_bad_field_is_named_at_once():
    """One ValueError lists them all."""
    texts = refusals(RetryConfig, max_attempts=0, base_delay=-1, jitter="loud", max_elapsed=0, nested="no")
    assert [text.split()[0] for text in texts] == ["max_attempts", "base_delay", "jitter", "max_elapsed", "nested"]


def test_max_delay_below_base_delay_is_refused():
    """The one rule across fields."""
    (text,) = refusals(RetryConfig, base_delay=5, max_delay=4.9)
    assert text == "max_delay must be >= base_delay (5), got 4.9"


def test_max_delay_may_equal_base_delay():
    """The end is legal, also at 0: a retry that never waits."""
    assert RetryConfig(base_delay=0, max_delay=0).max_delay == 0


def test_the_rule_across_fields_is_named_beside_other_problems():
    """A bad field elsewhere does not hide it."""
    texts = refusals(RetryConfig, max_attempts=0, base_delay=5, max_delay=4)
    assert [text.split()[0] for text in texts] == ["max_attempts", "max_delay"]


def test_reasons_given_as_words_are_kept_as_reasons():
    """The map's keys are RetryReasons whatever they were written as."""
    (key,) = RetryConfig(reason_limits={"rate_limited": 2}).reason_limits
    assert RetryReason.RATE_LIMITED is key


@pytest.mark.parametrize("field", ["reason_factors", "reason_limits"])
def test_maps_are_frozen_and_copied(field: str):
    """Neither the config's map nor the one that was handed in can change it."""
    given = {RetryReason.TIMEOUT: 2}
    config = RetryConfig(**{field: given})
    given[RetryReason.TIMEOUT] = 9
    with pytest.raises(TypeError):
        getattr(config, field)[RetryReason.TIMEOUT] = 9
    assert getattr(config, field) == {RetryReason.TIMEOUT: 2}


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("development", RetryConfig(3, 0.5, 10.0, jitter=True)),
        ("production", RetryConfig(5, 2.0, 300.0, jitter=True, failure_threshold=5, recovery_timeout=120.0)),
        ("testing", RetryConfig(3, 0.01, 0.1, jitter=False)),
    ],
)
def test_presets(preset: Any, expected: Any):
    """The three presets carry the numbers of the contract."""
    assert expected == getattr(RetryConfig, preset)()
