"""The tables: one line per case against its goal, then every contender; printed, and written to docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import sysconfig
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from tests.bench.measure import Settings
from tests.bench.model import Case, Result, Timing

LIBRARIES = (
    "recovery",
    *("pybreaker", "circuitbreaker", "purgatory", "aiobreaker", "hyx", "interlock-cb"),
    *("tenacity", "stamina", "backoff", "redress"),
)

HOW = """\
Written by `make bench`.

All contenders of a case run in one process and take turns, round by round; each round builds every contender anew,
warms it up, collects garbage and times one sample with the collector off. A figure is the median of the rounds. Times
are of one call of a protected function that does nothing, the cost of the empty `for` loop subtracted, that of the
function itself not. *Ratio* is ours to the rival's: for times smaller is better, for throughputs larger is. Peers keep
their state in memory, without listeners or log hooks, and never open while closed calls and failures are measured; the
open ones are open for an hour. In *two failures, no delay* the peers' sleep is a stub, and *bare* is a `try` in a `for`
loop. Asynchronous cases await a coroutine that does not suspend; in *1,000 tasks* it gives way once. Between equals on
a shared machine expect ±10 %.
"""


def summary(results: Sequence[Result]) -> list[list[str]]:
    """Ours, the rival, the ratio, the goal and the verdict of each case."""
    rows = [["case", "", "ours", "rival", "", "ratio", "goal", "verdict"]]
    rows += [_summary_row(result) for result in results]
    return rows


def _summary_row(result: Result) -> list[str]:
    case, ours, rival = result.case, result.ours, result.rival
    return [
        case.title,
        case.mode,
        _figure(case, ours),
        rival.name if rival else f"no {case.goal.against}",
        _figure(case, rival),
        "–" if result.ratio is None else f"{result.ratio:.2f}",
        f"{'≤' if case.goal.unit == 'time' else '≥'} {case.goal.ratio:.2f}",
        result.verdict,
    ]


def details(result: Result) -> list[list[str]]:
    """Every contender of a case, fastest first, the missing ones last."""
    rows = [["contender", "per call" if result.case.goal.unit == "time" else "throughput", "ours ÷ it", "spread"]]
    measured = sorted((t for t in result.timings if t.rounds), key=lambda timing: timing.median)
    rows += [_detail_row(result, timing) for timing in measured]
    rows += [[timing.name, "missing", "", timing.problem] for timing in result.timings if not timing.rounds]
    return rows


def _detail_row(result: Result, timing: Timing) -> list[str]:
    ratio = "–"
    if result.ours is not None and timing is not result.ours:
        times = result.ours.median / timing.median
        ratio = f"{times if result.case.goal.unit == 'time' else 1 / times:.2f}"
    spread = (max(timing.rounds) - min(timing.rounds)) / timing.median
    return [timing.name, _figure(result.case, timing), ratio, f"{spread:.0%}"]


def _figure(case: Case, timing: Timing | None) -> str:
    if timing is None:
        return "missing"
    if case.goal.unit == "throughput":
        return f"{1e6 / timing.median:,.0f} k/s" if timing.median < 1e5 else f"{1e9 / timing.median:,.0f} /s"
    return f"{timing.median:,.0f} ns" if timing.median >= 10 else f"{timing.median:.1f} ns"


def environment(settings: Settings) -> list[list[str]]:
    """What the figures depend on; no host names, no paths."""
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    python = f"{platform.python_implementation()} {platform.python_version()}"
    rows = [
        ["date", f"{datetime.now(UTC):%Y-%m-%d}"],
        ["python", f"{python}, {'profile-guided' if optimised else 'plain'} build, {platform.python_compiler()}"],
        ["machine", f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"],
        ["rounds", str(settings.rounds)],
    ]
    return [["", ""], *rows, *([name, _version(name)] for name in LIBRARIES)]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns for a terminal."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(results: Sequence[Result], settings: Settings) -> str:
    """The engine's part of docs/benchmarks.md."""
    parts = ["## The engine", HOW, markdown(summary(results)), "### Versions", markdown(environment(settings))]
    parts.append("### Every contender")
    for result in results:
        parts += [f"#### {result.case.title} ({result.case.mode})", markdown(details(result))]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"
