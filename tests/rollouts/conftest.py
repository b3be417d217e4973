"""A console that takes reports, for tests of what reaches whom."""

from __future__ import annotations

from tests.link.conftest import hub, ingest, still

__all__ = ["hub", "ingest", "still"]
