"""The console's part of docs/benchmarks.md: a table per store, and what the figures depend on."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from tests.bench.console.model import Number, Size, shown
from tests.bench.report import markdown

LIBRARIES = (
    "recovery",
    "django",
    "channels",
    "channels-redis",
    "daphne",
    "autobahn",
    "websockets",
    "msgspec",
    "psycopg",
)
HEAD = ["measure", "number to reach", "goal", "reached", "floor beside it", "", "ratio", "verdict"]
HOW = """\
Written by `make bench-console`. Every measure starts the product (`manage.py up`, worker included) in a process of its
own with a folder and a port of its own, and real clients beside it: processes that call `recovery.connect`, or many
simulated ones in few processes that speak the real wire over real sockets, word by word, and wait for their
acknowledgements; browsers are signed-in sockets that read every frame. Console, clients, browsers, database and floor
share the machine's cores, so a throughput is what is left over by whoever makes the load. A *floor* is what the same
machine does in the same run without the console: the bare `executemany` or `COPY` of the same rows, an answer of
`/healthz`, an empty frame. *Ratio* is what was reached to that floor.
"""


def rows(numbers: Sequence[Number]) -> list[list[str]]:
    """The table of one store."""
    return [HEAD, *(_row(number) for number in numbers)]


def _row(number: Number) -> list[str]:
    floor, ratio = number.floor, number.ratio
    return [
        number.measure,
        f"{number.what} ({number.note})" if number.note else number.what,
        str(number.goal) if number.goal else "",
        shown(number.value, number.unit),
        floor.name if floor else "",
        shown(floor.value, number.unit) if floor else "",
        "" if ratio is None else f"{ratio:.2f}",
        number.verdict,
    ]


def page(found: Mapping[str, Sequence[Number]], size: Size) -> str:
    """The whole part."""
    parts = ["## The console", HOW]
    for store, numbers in found.items():
        parts += [f"### On {store}", markdown(rows(numbers))]
    parts += ["### Versions", markdown(_environment(size, list(found)))]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _environment(size: Size, stores: Sequence[str]) -> list[list[str]]:
    """No host names, no paths."""
    return [
        ["", ""],
        ["date", f"{datetime.now(UTC):%Y-%m-%d}"],
        ["python", f"{platform.python_implementation()} {platform.python_version()}"],
        ["machine", f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {_memory()} GB"],
        [
            "load",
            f"{size.processes} processes × {size.breakers} breakers, {size.seconds:g} s, {size.browsers} browsers",
        ],
        ["stores", ", ".join(stores)],
        ["SQLite", sqlite3.sqlite_version],
        *([name, _version(name)] for name in LIBRARIES),
    ]


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
