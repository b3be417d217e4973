"""The configuration of a breaker."""

from __future__ import annotations

from typing import Any

import pytest

from recovery.engine.types import BreakerConfig
from tests.engine.types.ranges import refusals

INF, NAN = float("inf"), float("nan")
DEFAULTS = {
    "failure_threshold": 5, "failure_rate": None, "slow_call_rate": None, "slow_call_duration": None, "window": "count",
    "window_size": 100, "minimum_calls": 10, "recovery_timeout": 60.0, "recovery_growth": 1.0,
    "recovery_timeout_max": 3600.0, "recovery_jitter": 0.0, "half_open_permits": 1, "half_open_successes": 1,
    "half_open_max_wait": None, "open_on_retry_after": False, "locked": False,
}  # fmt: skip
LEGAL = {
    "failure_threshold": [None, 1, 10**9],
    "failure_rate": [None, 1e-9, 50, 100, 100.0],
    "slow_call_rate": [None, 1e-9, 50, 100, 100.0],
    "slow_call_duration": [None, 1e-9, 1, 60.0],
    "window": ["count", "time"],
    "window_size": [1, 10**6],
    "minimum_calls": [1, 10**6],
    "recovery_timeout": [0, 0.0, 1e6],
    "recovery_growth": [1, 1.0, 10],
    "recovery_timeout_max": [0, 3600],
    "recovery_jitter": [0, 0.0, 0.5, 1, 1.0],
    "half_open_permits": [1, 100],
    "half_open_successes": [1, 100],
    "half_open_max_wait": [None, 1e-9, 5],
    "open_on_retry_after": [True, False],
    "locked": [True, False],
}
WHOLE = [0, -1, 1.0, 2.5, "3", True, NAN, INF]
RATE = [0, 0.0, -1, 100.001, 101, NAN, INF, "50", True]
POSITIVE = [0, 0.0, -1, NAN, INF, -INF, "1", True, 10**400]
WORD = ["calls", "COUNT", "", None, 1]
FLAG = [1, 0, None, "yes"]
ILLEGAL = {
    "failure_threshold": WHOLE,
    "failure_rate": RATE,
    "slow_call_rate": RATE,
    "slow_call_duration": POSITIVE,
    "window": WORD,
    "window_size": [*WHOLE, None],
    "minimum_calls": [*WHOLE, None],
    "recovery_timeout": [-0.001, NAN, INF, None, "60", True],
    "recovery_growth": [0.999, 0, -1, NAN, INF, None, True],
    "recovery_timeout_max": [-1, NAN, INF, None],
    "recovery_jitter": [-0.001, 1.001, NAN, INF, None, True],
    "half_open_permits": [*WHOLE, None],
    "half_open_successes": [*WHOLE, None],
    "half_open_max_wait": POSITIVE,
    "open_on_retry_after": FLAG,
    "locked": FLAG,
}


def test_the_defaults_are_those_of_the_contract():
    """A bare BreakerConfig has the promised fields, in order, with the promised values."""
    assert list(DEFAULTS.items()) == [(name, getattr(BreakerConfig(), name)) for name in BreakerConfig.FIELDS]


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, values in LEGAL.items() for v in values])
def test_legal_values_are_kept(field: str, value: Any):
    """Each legal value, its ends and 0 included, is kept as given, whatever the other fields are."""
    assert value == getattr(BreakerConfig(**{field: value}), field)


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, values in ILLEGAL.items() for v in values])
def test_illegal_values_are_refused_with_field_range_and_value(field: str, value: Any):
    """The ValueError names the class, the field, its legal range and what was given."""
    (text,) = refusals(BreakerConfig, **{field: value})
    assert text == f"{field} must be {BreakerConfig.FIELDS[field].range_text}, got {value!r}"


def test_every_field_is_tried():
    """The two tables above leave none out."""
    assert LEGAL.keys() == ILLEGAL.keys() == BreakerConfig.FIELDS.keys()


def test_every_bad_field_is_named_at_once():
    """One ValueError lists all sixteen."""
    texts = refusals(BreakerConfig, **{field: values[0] for field, values in ILLEGAL.items()})
    assert list(ILLEGAL) == [text.split()[0] for text in texts]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("failure_threshold", "a whole number >= 1, or None"),
        ("failure_rate", "a finite number in (0, 100], or None"),
        ("recovery_jitter", "a finite number in [0, 1]"),
        ("recovery_timeout", "a finite number >= 0"),
        ("half_open_max_wait", "a finite number > 0, or None"),
        ("window", "'count' or 'time'"),
        ("locked", "True or False"),
    ],
)
def test_ranges_in_words(field: str, words: str):
    """A field says its range as people read it."""
    assert words == BreakerConfig.FIELDS[field].range_text


class TestResetTimeout:
    """``reset_timeout`` is ``recovery_timeout`` by another name."""

    def test_it_may_be_given_and_read(self):
        """Both names say the same."""
        config = BreakerConfig(reset_timeout=7)
        assert 7 == config.recovery_timeout == config.reset_timeout

    def test_zero_is_kept(self):
        """0 is a value, not a missing one."""
        assert BreakerConfig(reset_timeout=0).recovery_timeout == 0

    @pytest.mark.parametrize("make", [BreakerConfig, BreakerConfig().replace])
    def test_both_together_are_refused(self, make: Any):
        """Giving both leaves open which one wins."""
        with pytest.raises(TypeError, match="recovery_timeout and reset_timeout are one thing"):
            make(reset_timeout=7, recovery_timeout=7)

    def test_it_may_be_replaced(self):
        """``replace`` takes it over a recovery_timeout that is there."""
        assert BreakerConfig(recovery_timeout=5).replace(reset_timeout=7).recovery_timeout == 7

    def test_it_may_be_read_from_plain_data(self):
        """``from_dict`` takes it too."""
        assert BreakerConfig.from_dict({"reset_timeout": 7}).recovery_timeout == 7


class TestDerived:
    """What follows from several fields."""

    @pytest.mark.parametrize(("window", "expected"), [("count", 4), ("time", 10)])
    def test_minimum_calls_above_a_count_window_means_the_window(self, window: Any, expected: Any):
        """A window of 4 calls can be full; one of 4 seconds may hold 10 calls."""
        assert expected == BreakerConfig(window=window, window_size=4, minimum_calls=10).least_calls

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"recovery_timeout": 30}, 30),
            ({"recovery_timeout": 0.2}, 1),
            ({"recovery_timeout": 0}, 1),
            ({"recovery_timeout": 30, "half_open_max_wait": 0.5}, 0.5),
        ],
    )
    def test_half_open_max_wait_is_the_recovery_timeout_but_at_least_a_second(self, values: Any, expected: Any):
        """None means recovery_timeout, at least 1 s; a given one stands."""
        assert expected == BreakerConfig(**values).probe_wait


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("development", BreakerConfig()),
        ("production", BreakerConfig(failure_threshold=5, recovery_timeout=120.0)),
        ("testing", BreakerConfig()),
    ],
)
def test_presets(preset: Any, expected: Any):
    """The three presets carry the numbers of the contract."""
    assert expected == getattr(BreakerConfig, preset)()
