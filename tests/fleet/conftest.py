"""What the fleet's tests share: a backend on a port of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from recovery.fleet.upstream.backend import Backend


@pytest_asyncio.fixture
async def backend() -> AsyncIterator[Backend]:
    """One that is well."""
    made = Backend("videos", 0, seed=1)
    await made.open()
    yield made
    made.close()
