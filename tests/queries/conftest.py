"""Queries are tested at a moment that stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recovery import moment
from recovery.testing import FakeClock


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[FakeClock]:
    """The console's clock, which moves only when told."""
    with moment.using(FakeClock()) as fake:
        yield fake
