"""Browsers that look at pages of this console process: what each shows, and the one frame that waits for it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache

MOST_KEYS = 40
LONGEST_KEY = 1_000

Send = Callable[[str], Awaitable[None]]


@lru_cache(maxsize=128)
def _encoded(key: str, root: str, html: str) -> str:
    """A part as it stands in a frame: a thousand pages get the same."""
    return json.dumps({"key": key, "id": root, "html": html})


class Browser:
    """One page's socket. What is offered while a frame is on its way waits in one place, the latest of each part."""

    __slots__ = ("_news", "_send", "_task", "_waiting", "doubted", "keys", "person", "rows")

    def __init__(self, send: Send, person: int | None = None) -> None:
        self.person = person  # whose it is
        self.doubted = asyncio.Event()  # whether they may still look is to be asked again
        self.keys: frozenset[str] = frozenset()
        self.rows = False
        self._send = send
        self._waiting: dict[str, tuple[str, str]] = {}  # key -> root id, HTML
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._deliver())

    def shows(self, key: str) -> bool:
        """Whether the page has this part."""
        return key in self.keys or (self.rows and key.startswith("row:"))

    def offer(self, parts: Iterable[tuple[str, str, str]]) -> None:
        """Put (key, root id, HTML) into its next frame; never waits."""
        for key, root, html in parts:
            self._waiting[key] = (root, html)
        self._news.set()

    def beat(self) -> None:
        """Send a frame even if nothing changed: the page knows by it that it is live."""
        self._news.set()

    async def _deliver(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            waiting, self._waiting = self._waiting, {}
            parts = ",".join(_encoded(key, root, html) for key, (root, html) in waiting.items())
            await self._send(f'{{"parts":[{parts}]}}')

    def leave(self) -> None:
        """It is gone."""
        self._task.cancel()


def asked(text: str) -> tuple[frozenset[str], bool]:
    """What a page says it shows: ``{"show": [keys], "rows": bool}``. Raises ValueError that says what is wrong."""
    try:
        said = json.loads(text)
        keys, rows = said["show"], said.get("rows", False)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError('a page says {"show": [keys], "rows": true or false}') from error
    if not isinstance(keys, list) or len(keys) > MOST_KEYS or not isinstance(rows, bool):
        raise ValueError(f"show must be a list of at most {MOST_KEYS} keys, and rows true or false")
    if not all(isinstance(key, str) and 0 < len(key) <= LONGEST_KEY for key in keys):
        raise ValueError(f"a key must be a text of 1 to {LONGEST_KEY} characters")
    return frozenset(keys), rows
