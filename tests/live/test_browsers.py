"""One page's socket: who does not read holds up nobody, and is asked again who it is whatever happens."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection
from typing import Any

import pytest

from recovery.consumers import browser as consumers
from recovery.consumers.browser import NOT_ALLOWED, BrowserConsumer
from recovery.live.browsers import Browser
from recovery.live.hub import Hub, Part

PATIENCE = 10.0


async def test_who_never_reads_holds_up_nobody_and_finds_the_latest_of_each_part_when_it_does() -> None:
    reads = asyncio.Event()
    late: list[Any] = []
    frames: asyncio.Queue[Any] = asyncio.Queue()
    version = 0

    async def render(keys: Collection[str]) -> list[Part]:
        return [(key, key, f"{key} {version}") for key in keys]

    async def never(text: str) -> None:
        await reads.wait()
        late.append(json.loads(text)["parts"])

    async def at_once(text: str) -> None:
        await frames.put(json.loads(text)["parts"])

    hub = Hub(render, lambda _topic, _id: ("board", "board-head"))
    lazy, quick = Browser(never), Browser(at_once)
    for browser in (lazy, quick):
        browser.keys = frozenset({"board", "board-head"})
        hub.join(browser)
    for version in range(1, 201):
        hub.hear("breaker", 1)
        await hub.tick()
        parts = await asyncio.wait_for(frames.get(), PATIENCE)
        assert {part["html"] for part in parts} == {f"board {version}", f"board-head {version}"}
    assert late == []
    reads.set()
    while len(late) < 2:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)
    assert [len(parts) for parts in late] == [2, 2]  # the one it never took, and of all since then the latest
    assert {part["html"] for part in late[-1]} == {"board 200", "board-head 200"}
    for browser in (lazy, quick):
        hub.drop(browser)


async def test_a_database_that_was_away_does_not_leave_a_page_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [7, OSError("the database is away"), 7, None]

    async def allowed(_scope: Any) -> int | None:
        found = answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(consumers, "allowed", allowed)
    monkeypatch.setattr(consumers, "ASK_AGAIN_SECONDS", 0.001)
    consumer, sent = BrowserConsumer(), asyncio.Queue[Any]()
    consumer.scope, consumer.send = {}, sent.put
    await consumer.websocket_connect({})
    assert (await asyncio.wait_for(sent.get(), PATIENCE))["type"] == "websocket.accept"
    closed = await asyncio.wait_for(sent.get(), PATIENCE)
    assert closed == {"type": "websocket.close", "code": NOT_ALLOWED}
    assert answers == []
    await consumer.left()
