"""The hub: each part once for all who show it, and no sign of life while it cannot see."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection

import pytest

from recovery.live import hub as hubs
from recovery.live.browsers import Browser
from recovery.live.hub import Hub, Part


class Page:
    """What a browser got."""

    def __init__(self) -> None:
        self.frames: list[list[str]] = []

    async def send(self, text: str) -> None:
        self.frames.append([part["key"] for part in json.loads(text)["parts"]])


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_part_is_rendered_once_for_all_who_show_it() -> None:
    asked: list[list[str]] = []

    async def render(keys: Collection[str]) -> list[Part]:
        asked.append(sorted(keys))
        return [(key, key, f"<p>{key}</p>") for key in keys]

    hub = Hub(render, lambda _topic, key: (f"row:{key}", "board-head"))
    pages = [Page(), Page(), Page()]
    browsers = [Browser(page.send) for page in pages]
    for browser in browsers:
        hub.join(browser)
    browsers[0].rows = browsers[1].rows = True
    await hub.tick()  # the first heals and beats
    asked.clear()
    browsers[2].keys = frozenset({"board-head"})
    hub.hear("breaker", 7)
    hub.hear("breaker", 7)
    await hub.tick()
    await settled()
    assert asked == [["board-head", "row:7"]]
    assert [page.frames[-1] for page in pages] == [["row:7"], ["row:7"], ["board-head"]]
    for browser in browsers:
        hub.drop(browser)


async def test_a_hub_that_cannot_render_does_not_say_that_pages_are_live(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HEAL_SECONDS", 0.0)
    monkeypatch.setattr(hubs, "BEAT_SECONDS", 0.0)
    broken = True

    async def render(keys: Collection[str]) -> list[Part]:
        if broken:
            raise OSError("the database is away")
        return [(key, key, "") for key in keys]

    page = Page()
    hub = Hub(render, lambda _topic, _id: ())
    browser = Browser(page.send)
    browser.keys = frozenset({"board-head"})
    hub.join(browser)
    for _ in range(3):
        await hub.tick()
        await settled()
    assert page.frames == []
    broken = False
    await hub.tick()
    await settled()
    assert page.frames == [["board-head"]]
    hub.drop(browser)


async def test_a_hundred_pages_that_come_at_once_cost_one_rendering() -> None:
    asked: list[list[str]] = []

    async def render(keys: Collection[str]) -> list[Part]:
        asked.append(sorted(keys))
        return [(key, key, f"<p>{key}</p>") for key in keys]

    hub = Hub(render, lambda _topic, _id: ())
    await hub.tick()
    asked.clear()
    pages = [Page() for _ in range(100)]
    browsers = [Browser(page.send) for page in pages]
    for number, browser in enumerate(browsers):
        hub.join(browser)
        browser.keys = frozenset({"board", "board-head"} if number else {"board-head"})
        hub.show(browser, browser.keys)
    await hub.tick()
    await settled()
    assert asked == [["board", "board-head"]]
    assert [sorted(page.frames[-1]) for page in pages] == [["board-head"], *[["board", "board-head"]] * 99]
    await hub.tick()
    await settled()
    assert len(asked) == 1, "what was shown once is not shown again"
    for browser in browsers:
        hub.drop(browser)
