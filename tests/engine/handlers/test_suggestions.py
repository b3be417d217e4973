"""Suggestions are concrete, ordered and never missing."""

from __future__ import annotations

import errno

import pytest

from recovery.engine.rules import suggestions_for


@pytest.mark.parametrize(
    ("error", "first"),
    [
        (ConnectionError(), ["Check network connectivity", "Verify proxy settings if using proxy"]),
        (
            OSError(errno.ENOSPC, "full"),
            ["Check available disk space in output directory", "Clean up temporary files"],
        ),
        (
            PermissionError(),
            ["Check file system permissions", "Verify write access to output directory"],
        ),
    ],
)
def test_the_contracts_sentences_come_first(error: Exception, first: list[str]) -> None:
    assert first == suggestions_for(error)[:2]


def test_what_nobody_knows_is_left_to_the_logs() -> None:
    assert suggestions_for(Exception()) == ["Review error logs for more details"]


def test_a_group_gets_those_of_its_worst_member() -> None:
    assert suggestions_for(PermissionError()) == suggestions_for(
        ExceptionGroup("g", [TimeoutError(), PermissionError()])
    )
