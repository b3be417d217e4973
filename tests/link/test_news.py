"""Hints make the hub look at once; without them, or without what carries them, it looks every second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import OperationalError

from recovery import wire
from recovery.actions import policies
from recovery.ingest import hub as hub_module
from recovery.ingest import news, service
from recovery.ingest.hub import Hub
from recovery.ingest.service import Ingest
from recovery.live.loop import serve_on
from tests.link.talking import BOSS, a_service, db, linked
from tests.link.test_directives import with_breaker


@asynccontextmanager
async def serving(task: Any) -> AsyncIterator[None]:
    """Hints go to this loop, and one of its tasks listens."""
    serve_on(asyncio.get_running_loop())
    running = asyncio.create_task(task)
    await asyncio.sleep(0.01)
    try:
        yield
    finally:
        serve_on(None)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_hint_brings_the_directive_without_a_tick(hub: Hub) -> None:
    owner, secret = await db(a_service)
    async with linked(secret) as process, serving(news.listen(hub)):
        await with_breaker(process)
        await db(policies.publish, owner, "breaker", "bank", {"window_size": 7}, actor=BOSS, base=0, reason="why")
        assert (await process.hear_a(wire.Directive)).revision == 1


async def test_without_hints_the_tick_brings_it(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis is gone: listening fails and is tried again, the links work on."""
    failures = 0

    async def gone(_: Hub) -> None:
        nonlocal failures
        failures += 1
        raise ConnectionError("redis is gone")

    monkeypatch.setattr(news, "_listen", gone)
    monkeypatch.setattr(news, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(service, "TICK_SECONDS", 0.01)
    owner, secret = await db(a_service)
    async with linked(secret) as process:
        running = asyncio.create_task(service.run_links())
        await with_breaker(process)
        await db(policies.publish, owner, "breaker", "bank", {"window_size": 7}, actor=BOSS, base=0, reason="why")
        assert (await process.hear_a(wire.Directive)).revision == 1
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert failures
        bye, _ = await process.closed()  # it said goodbye
        assert bye is not None
        assert bye.reason == "restart"


async def test_a_database_that_is_away_does_not_end_the_hub(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, secret = await db(a_service)
    async with linked(secret) as process:
        await with_breaker(process)
        await db(policies.publish, owner, "breaker", "bank", {"window_size": 7}, actor=BOSS, base=0, reason="why")
        look = hub_module._news

        def gone(_: Any) -> Any:
            raise OperationalError("gone")

        monkeypatch.setattr(hub_module, "_news", gone)
        await hub.tick()
        monkeypatch.setattr(hub_module, "_news", look)
        await hub.tick()
        assert (await process.hear_a(wire.Directive)).revision == 1


async def test_it_runs_as_a_service_until_it_is_cancelled(transactional_db: None) -> None:
    running = asyncio.create_task(service.run())
    links = asyncio.create_task(service.run_links())
    while service.hub() is None:  # noqa: ASYNC110 - nobody tells when it has started
        await asyncio.sleep(0.01)
    _, secret = await db(a_service)
    async with linked(secret):
        ingest = service.current()
        assert isinstance(ingest, Ingest)
        assert ingest.status()["counts"]["hellos"] == 1
        links.cancel()
        await asyncio.gather(links, return_exceptions=True)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert service.current() is None
