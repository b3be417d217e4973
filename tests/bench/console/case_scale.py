"""Scale: what linked processes weigh; pages of a large house; pages after ninety days."""

from __future__ import annotations

import time

from tests.bench.console.browsing import Visitor
from tests.bench.console.helpers import fleet
from tests.bench.console.model import Floor, Goal, Number, Size, Store
from tests.bench.console.product import Product, product
from tests.bench.console.resources import quantile, rss

TITLE = "scale"
SERVICES = 25
HISTORY_BREAKERS = 100
SETTLES = 15.0  # s of load before memory is read


def measure(size: Size, store: Store) -> list[Number]:
    """Three houses."""
    return [*_linked(size, store), *_pages(size, store), *_history(size, store)]


def _linked(size: Size, store: Store) -> list[Number]:
    with product(store) as console:
        console.start()
        time.sleep(1)
        empty = rss(console.pid)
        tokens = console.inside("services", count=SERVICES)
        began = time.monotonic()
        with fleet(console.url, tokens, size.processes, breakers=size.breakers) as load:
            joined = time.monotonic() - began
            load.say("load")
            time.sleep(SETTLES)
            linked, full = console.inside("counts")["linked"], rss(console.pid)
            load.ended()
    what = f"memory with {linked} processes × {size.breakers} breakers linked"
    return [
        Number(TITLE, what, full, "MB", Goal(1024, "MB"), Floor("an empty console", empty)),
        Number(TITLE, "all of them linked and declared after", joined, "s"),
    ]


def _pages(size: Size, store: Store) -> list[Number]:
    with product(store, "--no-worker") as console:
        console.start()
        console.inside("house", breakers=size.known)
        console.inside("past", count=size.gone)
        console.inside("tidied")
        signed = console.inside("session", role="admin")["cookie"]
        floor = _first_bytes(console, signed, "/healthz", size.repeats)[0]
        found, weight = [], 0
        for name, path in console.inside("pages", url=console.url, cookie=signed).items():
            first, weight_of = _first_bytes(console, signed, path, size.repeats)
            weight = weight_of if path == "/" else weight
            found.append((name, first))
    what = f"at {size.known:,} breakers, {size.gone:,} past processes"
    numbers = [
        Number(TITLE, f"first byte of {name}, median", first, "ms", Goal(150, "ms"), Floor("/healthz", floor), what)
        for name, first in sorted(found, key=lambda each: -each[1])
    ]
    return [*numbers, Number(TITLE, "board, compressed", weight / 1024, "KB", Goal(60, "KB"))]


def _first_bytes(console: Product, cookie: str, path: str, repeats: int) -> tuple[float, int]:
    """Median in ms after a warm-up, and bytes as sent."""
    visitor = Visitor(console.url, cookie)
    visitor.get(path)
    pages = [visitor.get(path) for _ in range(repeats)]
    visitor.close()
    return quantile([page.first_byte for page in pages], 0.5) * 1000, pages[-1].size


def _history(size: Size, store: Store) -> list[Number]:
    """Every page of two houses that differ only in their age, asked for by turns."""
    with product(store, "--no-worker") as young, product(store, "--no-worker") as old:
        asked: list[tuple[Visitor, dict[str, str]]] = []
        for console, days in ((young, 1), (old, 90)):
            console.start()
            console.inside("house", breakers=HISTORY_BREAKERS)
            console.inside("history", days=days)
            cookie = console.inside("session", role="admin")["cookie"]
            asked.append((Visitor(console.url, cookie), console.inside("pages", url=console.url, cookie=cookie)))
        names = asked[0][1].keys() & asked[1][1].keys()
        medians = {name: _by_turns([(visitor, found[name]) for visitor, found in asked], size) for name in names}
        for visitor, _ in asked:
            visitor.close()
    worst = max(medians, key=lambda name: medians[name][1] / medians[name][0])
    total = sum(old for _, old in medians.values()) / sum(young for young, _ in medians.values())
    floor = Floor("the same after a day", medians[worst][0])
    return [
        Number(TITLE, f"{worst} after 90 days, the page that grew most", medians[worst][1], "ms", None, floor),
        Number(TITLE, "all pages after 90 days ÷ after a day", total, "×", Goal(1.25, "×")),
    ]


def _by_turns(asked: list[tuple[Visitor, str]], size: Size) -> tuple[float, float]:
    """The medians (ms), so that whatever else the machine does falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(size.repeats + 1):
        for mine, (visitor, path) in zip(times, asked, strict=True):
            first = visitor.get(path).first_byte
            if turn:
                mine.append(first)
    return quantile(times[0], 0.5) * 1000, quantile(times[1], 0.5) * 1000
