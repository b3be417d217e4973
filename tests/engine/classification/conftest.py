"""The shared table as it was before the test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recovery.engine.rules import RULES, Rules


@pytest.fixture
def shared_rules() -> Iterator[Rules]:
    before = RULES.rows
    yield RULES
    RULES.restore(before)
