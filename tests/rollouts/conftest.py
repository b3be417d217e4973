"""A console that takes reports, and a service of six processes on a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recovery import moment
from recovery.models import Service
from recovery.testing import FakeClock
from tests.link.conftest import hub, ingest, still
from tests.rollouts import house

__all__ = ["hub", "ingest", "still"]


@pytest.fixture
def clock() -> Iterator[FakeClock]:
    """It stands still, 9 s into a slot: when the one before has come in."""
    with moment.using(FakeClock(1e9)) as clock:
        clock.advance(9 - moment.now().timestamp() % 10)
        yield clock


@pytest.fixture
def service(transactional_db: None, clock: FakeClock) -> Service:
    """Six processes."""
    return house.make()
