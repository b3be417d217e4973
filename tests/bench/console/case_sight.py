"""Sight: from a transition in a process to a row that a browser shows."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from typing import Any

from tests.bench.console import chromium
from tests.bench.console.browsing import Visitor
from tests.bench.console.deaf import deaf, linked
from tests.bench.console.helpers import fleet, helper
from tests.bench.console.model import Goal, Number, Size, Store
from tests.bench.console.product import Product, product
from tests.bench.console.resources import quantile, rss

TITLE = "sight"
SERVICES = 50
CALM = 10.0  # transitions a second where it is typical
BUSY = 50.0  # and where a thousand look
SHOWN_WITHIN = 5.0  # s; what is not seen by then counts as so late
SETTLES = 2.0  # s for the last changes to be shown, before the processes leave
UNREAD = 90.0  # s that a browser which never reads may stay
_KEYS = re.compile(rb'data-fragment="([^"]+)"')


def measure(size: Size, store: Store) -> list[Number]:
    """One browser, a thousand, one that never reads, and a real one."""
    with product(store) as console:
        console.start()
        tokens = console.inside("services", count=SERVICES)
        cookie = console.inside("session")["cookie"]
        few = _seen(console, tokens, cookie, 1, CALM, size.seconds)
        many = _seen(console, tokens, cookie, size.browsers, BUSY, size.seconds)
        numbers = [
            Number(TITLE, "transition → one browser, median", quantile(few["delays"], 0.5), "ms", Goal(400, "ms")),
            Number(TITLE, "transition → one browser, p95", quantile(few["delays"], 0.95), "ms", Goal(1000, "ms")),
            Number(TITLE, f"50 changes/s → {size.browsers:,} browsers, median", quantile(many["delays"], 0.5), "ms"),
            Number(
                TITLE, f"50 changes/s → {size.browsers:,} browsers, p99", quantile(many["delays"], 0.99), "ms",
                Goal(600, "ms"),
            ),
            Number(TITLE, "sockets lost meanwhile", many["lost"], "", Goal(0)),
            Number(TITLE, "sent meanwhile", many["rate"] / 2**20, "MB/s"),
            *_unread(console, tokens, cookie),
        ]  # fmt: skip
        real = chromium.delays(console, tokens, size.repeats)
    if real:
        numbers.append(Number(TITLE, "transition → a real Chromium, p95", quantile(real, 0.95), "ms", Goal(1000, "ms")))
    return numbers


def _shows(console: Product, cookie: str) -> list[str]:
    """What the board's page says that it shows."""
    visitor = Visitor(console.url, cookie)
    keys = dict.fromkeys(key.decode() for key in _KEYS.findall(visitor.get("/").body))
    visitor.close()
    return list(keys)


def _seen(
    console: Product, tokens: dict[str, str], cookie: str, browsers: int, changes: float, seconds: float
) -> dict[str, Any]:
    """How long each change took to each browser (ms)."""
    with fleet(
        console.url, tokens, len(tokens), prefix=f"of-{browsers}-", transitions=changes / len(tokens)
    ) as processes:
        time.sleep(1)
        plan = {"url": console.url, "cookie": cookie, "shows": _shows(console, cookie), "browsers": browsers}
        with helper("watchers", **plan) as watchers:
            watchers.wait_for("open")
            rows = console.inside("rows")
            processes.say("load")
            time.sleep(seconds)
            processes.say("calm")
            time.sleep(SETTLES)
            found = watchers.ended()
            told = processes.ended()
    return {"delays": _delays(told["changed"], found["seen"], rows, browsers), "lost": found["lost"] + told["lost"],
            "rate": found["bytes"] / seconds}  # fmt: skip


def _delays(changed: list[Any], seen: list[Any], rows: dict[str, str], browsers: int) -> list[float]:
    """A change that was overtaken before it could be shown is left out; one that nobody saw counts as very late."""
    moments = {(key, state): sorted(found) for key, state, found in seen}
    by_row: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for name, state, at in changed:
        by_row[rows[name]].append((at, state))
    delays: list[float] = []
    for key, changes in by_row.items():
        changes.sort()
        for number, (at, state) in enumerate(changes):
            following = changes[number + 1][0] if number + 1 < len(changes) else at + SHOWN_WITHIN
            if following - at < 1:
                continue
            mine = [each for each in moments.get((key, state), ()) if at <= each < following + 1][:browsers]
            delays += [(each - at) * 1000 for each in mine]
            delays += [SHOWN_WITHIN * 1000] * (browsers - len(mine))
    return delays


def _unread(console: Product, tokens: dict[str, str], cookie: str) -> list[Number]:
    """A browser that never reads while the board changes: how long it is kept, and what it costs."""
    with fleet(console.url, tokens, len(tokens), prefix="unread-", transitions=4) as processes:
        before = rss(console.pid)
        with deaf(console.url, cookie, _shows(console, cookie)) as unread:
            processes.say("load")
            began = time.monotonic()
            while linked(unread) and time.monotonic() - began < UNREAD:
                time.sleep(0.1)
            kept = time.monotonic() - began
        added = rss(console.pid) - before
        processes.ended()
    return [
        Number(TITLE, "a browser that never reads is dropped after", kept, "s", Goal(0.9 * UNREAD, "s")),
        Number(TITLE, "memory that it cost", added, "MB", Goal(32, "MB")),
    ]
