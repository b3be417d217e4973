"""Hints in, fragments out: each part is rendered once for all who show it, at most four times a second.

In each console process one hub is one member of the hints' group. A hint names parts (``concerns``); those that
somebody shows are rendered in one go (``render``) and offered to the browsers, the latest of each part. Every few
seconds all that is shown is rendered anew, so that a lost hint heals.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection

from .browsers import Browser

FRAME_SECONDS = 0.25
HEAL_SECONDS = 10.0
BEAT_SECONDS = 5.0

Part = tuple[str, str, str]  # key, root id, HTML
Render = Callable[[Collection[str]], Awaitable[list[Part]]]
Concerns = Callable[[str, int | str], Collection[str]]

log = logging.getLogger("recovery.live")


class Hub:
    """The browsers of this process. Everything runs in the serving loop."""

    def __init__(self, render: Render, concerns: Concerns) -> None:
        self._render = render
        self._concerns = concerns
        self._browsers: set[Browser] = set()
        self._stale: set[str] = set()
        self._newcomers: list[tuple[Browser, frozenset[str]]] = []
        self._healed = self._beaten = 0.0
        self._blind = False  # the last rendering failed: a beat would say "live" of what is old

    def __len__(self) -> int:
        return len(self._browsers)

    def join(self, browser: Browser) -> None:
        """A page is there."""
        self._browsers.add(browser)

    def drop(self, browser: Browser) -> None:
        """It is gone."""
        self._browsers.discard(browser)
        browser.leave()

    def render_with(self, render: Render, concerns: Concerns) -> None:
        """Render by these from now on."""
        self._render, self._concerns = render, concerns

    def hear(self, topic: str, id: int | str) -> None:  # noqa: A002 - the word of the hint
        """Something changed: its parts are stale. Of a person: their pages ask again whether they may look."""
        if topic == "person":
            self._doubt(id)
        self._stale.update(self._concerns(topic, id))

    def _doubt(self, person: int | str) -> None:
        for browser in self._browsers:
            if browser.person == person:
                browser.doubted.set()

    def show(self, browser: Browser, keys: Collection[str]) -> None:
        """Give one page the present state of what it shows, at the next tick: many come at once after a restart."""
        self._newcomers.append((browser, frozenset(keys)))

    async def tick(self) -> None:
        """Render what is stale and shown, once, and offer it."""
        now = asyncio.get_running_loop().time()
        if now - self._healed >= HEAL_SECONDS:
            self._healed = now
            self._stale.update(self._shown())
        stale, self._stale = self._stale, set()
        newcomers, self._newcomers = self._newcomers, []
        wanted = self._wanted(stale)
        asked = wanted.union(*(keys for _, keys in newcomers))
        if asked:
            parts = await self._rendered(asked)
            self._offer([part for part in parts if part[0] in wanted])
            for browser, keys in newcomers:
                browser.offer(part for part in parts if part[0] in keys)
        elif not self._shown():
            self._blind = False  # nothing is shown that could be old
        if now - self._beaten >= BEAT_SECONDS and not self._blind:
            self._beaten = now
            for browser in self._browsers:
                browser.beat()

    def shown(self) -> set[str]:
        """Every key that some page of this process shows."""
        return self._shown()

    def _shown(self) -> set[str]:
        return set().union(*(browser.keys for browser in self._browsers)) if self._browsers else set()

    def _wanted(self, stale: Collection[str]) -> set[str]:
        """The stale parts that somebody shows; a bare name: under every filter; ``holds:3:``: all that begin so."""
        shown = self._shown()
        rows = any(browser.rows for browser in self._browsers)
        wanted = {key for key in stale if key in shown or (rows and key.startswith("row:"))}
        bare = {key for key in stale if ":" not in key}
        begun = tuple(key for key in stale if key.endswith(":"))
        return wanted | {key for key in shown if key.partition(":")[0] in bare or key.startswith(begun)}

    async def _rendered(self, keys: Collection[str]) -> list[Part]:
        try:
            parts = await self._render(keys)
            self._blind = False
            return parts
        except Exception:
            self._blind = True
            log.exception("parts of a page could not be rendered", extra={"keys": sorted(keys)[:20]})
            return []

    def _offer(self, parts: list[Part]) -> None:
        for browser in self._browsers:
            mine = [part for part in parts if browser.shows(part[0])]
            if mine:
                browser.offer(mine)


async def _nothing(_keys: Collection[str]) -> list[Part]:
    return []


class _Holder:
    """The one of this process."""

    hub: Hub | None = None


def the_hub() -> Hub:
    """The hub of this process. Until somebody says how to render, it shows nothing."""
    if _Holder.hub is None:
        _Holder.hub = Hub(_nothing, lambda _topic, _id: ())
    return _Holder.hub
