"""A writer on a database of its own; processes are greeted by the writer itself, without a link around it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recovery.ingest.counts import Counts
from recovery.ingest.inbox import Inbox
from recovery.ingest.writer import Writer
from tests.ingest.desk import Desk


@pytest.fixture
def desk(transactional_db: None) -> Iterator[Desk]:
    """Inbox and writer."""
    counts, inbox = Counts(), Inbox()
    writer = Writer(inbox, counts, group_seconds=0.0)
    writer.start()
    yield Desk(inbox, writer, counts)
    assert writer.stop(), "the writer did not drain"
