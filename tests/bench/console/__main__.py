"""`make bench-console`, or `python -m tests.bench.console [--quick] [--only NAME] [--store NAME] [--no-write]`.

SQLite always; PostgreSQL and Redis where TEST_DATABASE_URL (and TEST_REDIS_URL) name them.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import traceback
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
    failed: list[str] = []
    for store in _stores(os.environ):
        if options.store in {None, store.name.lower()}:
            found[store.name] = _measured(options.only or list(MEASURES), size, store, failed)
            print(f"\n{store.name}\n{plain(tables.rows(found[store.name]))}", flush=True)
    if failed:
        print(f"\nnothing is written, because of {', '.join(failed)}", file=sys.stderr)
    elif options.write:
        parts.put("console", tables.page(found, size))
        print(f"\nwritten to {parts.PAGE.relative_to(parts.PAGE.parents[1])}")
    return 1 if failed else 0


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


def _measured(names: Sequence[str], size: Size, store: Store, failed: list[str]) -> list[Number]:
    """One measure that fails takes no other along."""
    numbers: list[Number] = []
    for name in names:
        print(f"{store.name}: {name} …", file=sys.stderr, flush=True)
        try:
            numbers += MEASURES[name](size, store)
        except Exception:
            traceback.print_exc()
            failed.append(f"{name} on {store.name}")
    return numbers


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing that was started stays behind
    sys.exit(main())
