"""The words of the field."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from recovery.engine.types import BreakerState, ErrorCategory, ErrorSeverity, RetryReason

REASONS = """
    NETWORK_ERROR TIMEOUT RATE_LIMITED API_QUOTA_EXCEEDED SERVICE_UNAVAILABLE TEMPORARY_UNAVAILABLE
    SERVER_ERROR RESOURCE_EXHAUSTED DOWNLOAD_FAILED QUALITY_NOT_AVAILABLE AUTHENTICATION_FAILED
    INVALID_REQUEST NOT_FOUND DATABASE_ERROR FILESYSTEM_ERROR UNKNOWN
"""
STATES = ["CLOSED", "OPEN", "HALF-OPEN", "FORCED-OPEN", "DISABLED", "METRICS-ONLY"]


@pytest.mark.parametrize(
    ("enum", "names"),
    [
        (RetryReason, REASONS),
        (ErrorCategory, "TRANSIENT PERSISTENT SYSTEM UNKNOWN"),
        (ErrorSeverity, "CRITICAL HIGH MEDIUM LOW INFO"),
    ],
)
def test_members_are_those_of_the_contract(enum: Any, names: Any):
    """Every name is there, in order, no other, and is a str whose value is its name in lower case."""
    assert names.split() == [member.name for member in enum]
    assert all(member.value == member.name.lower() and isinstance(member, str) for member in enum)


def test_states_are_those_of_the_contract():
    """Six states, by the words that people read."""
    assert [state.value for state in BreakerState] == STATES


@pytest.mark.parametrize("state", list(BreakerState))
def test_a_state_equals_its_word_however_it_is_spelled(state: BreakerState):
    """Case and the kind of dash do not matter, on either side of the comparison."""
    for word in (state.value, state.value.lower(), state.value.title(), state.value.replace("-", "_"), state.name):
        assert state == word
        assert word == state
        assert (state != word) is False
        assert (word != state) is False


@pytest.mark.parametrize("other", ["HALFOPEN", "", "OPEN ", "SHUT"])
def test_a_state_differs_from_other_words(other: Any):
    """A word that is not its own is another one."""
    assert other != BreakerState.OPEN
    assert other != BreakerState.OPEN


def test_a_state_differs_from_other_states_and_things():
    """No state equals another, None or a number."""
    assert BreakerState.OPEN != BreakerState.FORCED_OPEN
    assert BreakerState.OPEN != None  # noqa: E711 - the comparison is what is tested
    assert BreakerState.OPEN != 1


def test_a_state_is_found_in_a_dictionary_by_its_word():
    """Its hash is that of its canonical word."""
    assert {"HALF-OPEN": 1}[BreakerState.HALF_OPEN] == 1
    assert {BreakerState.HALF_OPEN: 1}["HALF-OPEN"] == 1


@pytest.mark.parametrize("word", ["half_open", "HALF-OPEN", "Half-Open"])
def test_a_state_is_made_of_any_spelling(word: str):
    """``BreakerState("half_open")`` finds its member."""
    assert BreakerState.HALF_OPEN is BreakerState(word)


@pytest.mark.parametrize("word", ["ajar", "", None, 3])
def test_no_state_is_made_of_something_else(word: str):
    """What is no state is a ValueError."""
    with pytest.raises(ValueError, match="BreakerState"):
        BreakerState(word)


@pytest.mark.parametrize("state", list(BreakerState))
def test_a_state_survives_pickle(state: BreakerState):
    """It comes back as itself."""
    assert state is pickle.loads(pickle.dumps(state))


@pytest.mark.parametrize("state", list(BreakerState))
def test_a_state_prints_as_its_word(state: BreakerState):
    """In texts it reads as people know it."""
    assert state.value == f"{state}" == str(state)
