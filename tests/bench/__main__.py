"""`make bench`, or `python -m tests.bench [--quick] [--only CASE] [--no-write]`."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from collections.abc import Sequence

from tests.bench import case_closed, case_crowd, case_refused, case_retry, loops, parts, report
from tests.bench.measure import Settings, measure
from tests.bench.model import Case, Result

CASES: tuple[Case, ...] = (*case_closed.CASES, *case_refused.CASES, *case_retry.CASES, *case_crowd.CASES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, write."""
    options = _options(arguments)
    chosen = [case for case in CASES if not options.only or case.key in options.only]
    settings = Settings.quick() if options.quick else Settings()
    # An opening breaker warns once; with a handler in place nobody writes that to the terminal, and INFO stays off.
    logging.getLogger().addHandler(logging.NullHandler())
    gc.freeze()
    results = _measure_all(chosen, settings)
    print()
    print(report.plain(report.summary(results)))
    if options.details:
        _print_details(results)
    if options.write:
        _write(results, settings)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the engine beside its peers.")
    keys = sorted({case.key for case in CASES})
    parser.add_argument("--quick", action="store_true", help="few short rounds: a smoke test, the figures are noise")
    parser.add_argument("--only", action="append", choices=keys, metavar="CASE", help=f"one of {', '.join(keys)}")
    parser.add_argument("--details", action="store_true", help="print every contender")
    parser.add_argument("--no-write", dest="write", action="store_false", help="leave docs/benchmarks.md alone")
    options = parser.parse_args(arguments)
    # Only a full run may replace the published figures.
    options.write = options.write and not options.quick and not options.only
    return options


def _measure_all(cases: Sequence[Case], settings: Settings) -> list[Result]:
    results = []
    for number, case in enumerate(cases, 1):
        print(f"[{number}/{len(cases)}] {case.title} ({case.mode})", file=sys.stderr, flush=True)
        results.append(measure(case, settings))
    return results


def _print_details(results: Sequence[Result]) -> None:
    for result in results:
        print(f"\n{result.case.title} ({result.case.mode})")
        print(report.plain(report.details(result)))


def _write(results: Sequence[Result], settings: Settings) -> None:
    parts.put("engine", report.page(results, settings))
    print(f"\nwritten to {parts.PAGE.relative_to(parts.PAGE.parents[1])}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        loops.close()
