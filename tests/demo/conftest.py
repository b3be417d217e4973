"""The demonstration measures every call; what else runs in this process shall not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recovery.engine import registry


@pytest.fixture
def measured() -> Iterator[None]:
    """Durations are measured, as in the demonstration."""
    before = registry.measuring()
    registry.measure(True)
    yield
    registry.measure(before)
