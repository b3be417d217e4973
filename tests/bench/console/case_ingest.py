"""Ingest: reports sustained while somebody loads the board; a client that never waits."""

from __future__ import annotations

import threading
import time

from tests.bench.console.browsing import Visitor
from tests.bench.console.helpers import fleet
from tests.bench.console.model import Floor, Goal, Number, Size, Store
from tests.bench.console.product import Product, product
from tests.bench.console.resources import cpu, quantile, rss

ERRORS = {"SQLite": 1_000, "PostgreSQL": 3_000}  # reports a second that are to be sustained
SERVICES = 25
LOOKS = 2.0  # board pages a second meanwhile
WARM = 3.0  # s of load before anything is measured
FLOODS = 5.0  # s
TITLE = "ingest"


def measure(size: Size, store: Store) -> list[Number]:
    """Rows a second, acknowledgements, the board meanwhile; then the flood."""
    with product(store) as console:
        console.start()
        tokens = console.inside("services", count=SERVICES)
        cookie = console.inside("session")["cookie"]
        floor = Floor("COPY" if store.database else "executemany", console.inside("floor"))
        return [*_sustained(console, tokens, cookie, size, store, floor), *_flood(console, tokens)]


def _sustained(
    console: Product, tokens: dict[str, str], cookie: str, size: Size, store: Store, floor: Floor
) -> list[Number]:
    wanted = ERRORS[store.name] * size.processes / 500
    looks: list[float] = []
    with fleet(console.url, tokens, size.processes, breakers=size.breakers, errors=wanted / size.processes) as load:
        load.say("load")
        time.sleep(WARM)
        over = threading.Event()
        looking = threading.Thread(target=_look, args=(console.url, cookie, over, looks))
        before, busy, began = console.inside("counts"), cpu(console.pid), time.monotonic()
        looking.start()
        time.sleep(size.seconds)
        over.set()
        after, busy, taken = console.inside("counts"), cpu(console.pid) - busy, time.monotonic() - began
        looking.join()
        memory = rss(console.pid)
        told = load.ended()
    kept = (after["errors"] - before["errors"]) / taken
    slices = (after["slices"] - before["slices"]) / taken
    samples = slices * size.breakers
    goal = Goal(0.97 * wanted, "/s", "at least")
    return [
        Number(TITLE, "error reports kept", kept, "/s", goal, floor, f"{wanted:,.0f}/s are sent"),
        Number(
            TITLE,
            "breaker samples kept",
            samples,
            "/s",
            Goal(0.9 * size.processes * size.breakers / 10, "/s", "at least"),
        ),
        Number(TITLE, "acknowledged, p99", quantile(told["acks"], 0.99) * 1000, "ms", Goal(1000, "ms")),
        Number(TITLE, "acknowledged, median", quantile(told["acks"], 0.5) * 1000, "ms"),
        Number(TITLE, "board's first byte meanwhile, p99", quantile(looks, 0.99) * 1000, "ms", Goal(300, "ms")),
        Number(TITLE, "board's first byte meanwhile, median", quantile(looks, 0.5) * 1000, "ms"),
        Number(TITLE, "of a core, all that the console does", 100 * busy / taken, "%"),
        Number(TITLE, "refused, lost or slowed", told["rejected"] + told["lost"] + told["slowed"], "", Goal(0)),
        Number(TITLE, "memory of the console", memory, "MB"),
    ]


def _look(url: str, cookie: str, over: threading.Event, looks: list[float]) -> None:
    visitor = Visitor(url, cookie)
    while not over.wait(1 / LOOKS):
        looks.append(visitor.get("/").first_byte)
    visitor.close()


def _flood(console: Product, tokens: dict[str, str]) -> list[Number]:
    """One process that sends as fast as it can and never waits for an acknowledgement."""
    before = rss(console.pid)
    highest = before
    with fleet(console.url, tokens, 1, prefix="flood", errors=1e9, waits=False) as load:
        load.say("load")
        end = time.monotonic() + FLOODS
        while time.monotonic() < end:
            highest = max(highest, rss(console.pid))
            time.sleep(0.1)
        told = load.ended()
    return [
        Number(TITLE, "memory added by a client that never waits", highest - before, "MB", Goal(64, "MB")),
        Number(TITLE, "times it was told to slow down", told["slowed"], "", Goal(1, "", "at least")),
    ]
