"""`make bench-console`, or `python -m tests.bench.console [--quick] [--only NAME] [--store NAME] [--no-write]`.

SQLite always; PostgreSQL and Redis where TEST_DATABASE_URL (and TEST_REDIS_URL) name them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence

from tests.bench import parts
from tests.bench.console import case_client, case_command, case_ingest, case_scale, case_sight, tables
from tests.bench.console.model import Measure, Number, Size, Store
from tests.bench.report import plain

MEASURES: dict[str, Measure] = {
    "client": case_client.measure,
    "ingest": case_ingest.measure,
    "command": case_command.measure,
    "sight": case_sight.measure,
    "scale": case_scale.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write."""
    options = _options(arguments)
    size = Size.quick() if options.quick else Size()
    found: dict[str, list[Number]] = {}
    for store in _stores(os.environ):
        if options.store in {None, store.name.lower()}:
            found[store.name] = _measured(options.only or list(MEASURES), size, store)
            print(f"\n{store.name}\n{plain(tables.rows(found[store.name]))}", flush=True)
    if options.write:
        parts.put("console", tables.page(found, size))
        print(f"\nwritten to {parts.PAGE.relative_to(parts.PAGE.parents[1])}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.console", description="Measure the console.")
    parser.add_argument("--quick", action="store_true", help="small and short: a smoke test, the figures are noise")
    parser.add_argument("--only", action="append", choices=list(MEASURES), metavar="NAME", help=", ".join(MEASURES))
    parser.add_argument("--store", choices=["sqlite", "postgresql"], help="one of the stores")
    parser.add_argument("--no-write", dest="write", action="store_false", help="leave docs/benchmarks.md alone")
    options = parser.parse_args(arguments)
    # Only a full run may replace the published figures.
    options.write = options.write and not (options.quick or options.only or options.store)
    return options


def _stores(environment: Mapping[str, str]) -> list[Store]:
    stores = [Store("SQLite")]
    if server := environment.get("TEST_DATABASE_URL", ""):
        stores.append(Store("PostgreSQL", server, environment.get("TEST_REDIS_URL", "")))
    return stores


def _measured(names: Sequence[str], size: Size, store: Store) -> list[Number]:
    numbers: list[Number] = []
    for name in names:
        print(f"{store.name}: {name} …", file=sys.stderr, flush=True)
        numbers += MEASURES[name](size, store)
    return numbers


if __name__ == "__main__":
    sys.exit(main())
