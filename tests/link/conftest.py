"""A console that takes reports, without a server around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recovery import moment
from recovery.ingest import service
from recovery.ingest.hub import Hub
from recovery.ingest.service import Ingest
from recovery.testing import FakeClock


@pytest.fixture
def ingest(transactional_db: None) -> Iterator[Ingest]:
    """The writer and the hub of this process."""
    yield service.begin()
    assert service.end(), "the writer did not drain"


@pytest.fixture
def still() -> Iterator[FakeClock]:
    """A clock that stands still; ask for it before `ingest`."""
    with moment.using(FakeClock(1e9)) as clock:
        yield clock


@pytest.fixture
def hub(ingest: Ingest) -> Hub:
    """The links of this process."""
    found = service.hub()
    assert found is not None
    return found
