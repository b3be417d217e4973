"""A made-up history of slices, kept the way ingest keeps them, and the rows that brute force makes of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from recovery import wire
from recovery.ingest.packing import pack
from recovery.ingest.slices import LATE_SECONDS
from recovery.models import (
    Breaker,
    BreakerDay,
    BreakerHour,
    BreakerMinute,
    BreakerTen,
    DirtyMinute,
    Job,
    Operation,
    OperationHour,
    OperationMinute,
    OperationTen,
    Process,
    Service,
    Slice,
)
from recovery.models.breakers import WORST_FIRST
from recovery.rollups import run

START = datetime(2026, 3, 4, 11, 58, tzinfo=UTC)
FIRST = int(START.timestamp()) // 10
S = timedelta(seconds=1)
MODELS = {10: BreakerTen, 60: BreakerMinute, 3600: BreakerHour, 86400: BreakerDay}
OPERATION_MODELS = {10: OperationTen, 60: OperationMinute, 3600: OperationHour}


@dataclass
class Report:
    """What a process adds in a slice: successes, failures, ignored, slow, refused of breakers; operations' attempts."""

    process: int
    own: int  # its number on the process's clock, from 0
    width: int = 1
    breakers: dict[str, tuple[int, int, int, int, int]] = field(default_factory=dict)
    operations: dict[str, int] = field(default_factory=dict)
    state: str = "CLOSED"
    delay: int = 3  # seconds after its end until it is received


class World:
    """One service with a few processes."""

    def __init__(self, processes: int = 3, offsets: Iterable[int] = (0, 7, -400)) -> None:
        Job.objects.create(name="rollup", due_at=START)
        self.service = Service.objects.create(name="shop", created_at=START)
        self.offsets = list(offsets)
        self.processes = [
            Process.objects.create(service=self.service, uid=f"p{n}", host="h", first_seen_at=START, heard_at=START)
            for n in range(processes)
        ]
        self.ids = {n: Breaker.objects.create(service=self.service, name=n, first_seen_at=START).pk for n in "abc"}
        self.operation_ids = {
            n: Operation.objects.create(service=self.service, name=n, first_seen_at=START).pk for n in "xy"
        }

    def slot(self, report: Report) -> int:
        """Where it belongs on our clock."""
        return FIRST + report.own

    def received(self, report: Report) -> datetime:
        """When it comes."""
        return datetime.fromtimestamp((self.slot(report) + report.width) * 10 + report.delay, UTC)

    def messages(self, reports: list[Report]) -> list[tuple[Report, wire.Slice]]:
        """The cumulative slices of these reports."""
        made = []
        for number in range(len(self.processes)):
            totals: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
            attempts: dict[str, int] = defaultdict(int)
            mine = sorted((each for each in reports if each.process == number), key=lambda each: each.own)
            for report in mine:
                for name, counts in report.breakers.items():
                    totals[name] = [old + new for old, new in zip(totals[name], counts, strict=True)]
                for name, count in report.operations.items():
                    attempts[name] += count
                made.append((report, _message(report, self.offsets[number], totals, attempts)))
        return made

    def receive(self, report: Report, message: wire.Slice) -> None:
        """Keep it as ingest does."""
        slot, at = self.slot(report), self.received(report)
        Slice.objects.create(
            process=self.processes[report.process],
            own_slot=message.slot,
            slot=slot,
            width=report.width,
            received_at=at,
            blob=pack(message),
        )
        if (slot + 1) * 10 < at.timestamp() - LATE_SECONDS:
            minutes = {number * 10 // 60 * 60 for number in range(slot, slot + report.width)}
            DirtyMinute.objects.bulk_create([DirtyMinute(at=minute) for minute in minutes], ignore_conflicts=True)

    def live_through(self, reports: list[Report], *, every: int = 10, until: datetime | None = None) -> datetime:
        """Let the slices come in their time, the rollup running every few seconds; then let it settle."""
        coming = sorted(self.messages(reports), key=lambda pair: self.received(pair[0]))
        end = until or max((self.received(report) for report in reports), default=START)
        now = START
        while now <= end:
            while coming and self.received(coming[0][0]) <= now:
                self.receive(*coming.pop(0))
            run(now)
            now += every * S
        for report, message in coming:
            self.receive(report, message)
        return settle(now)


def settle(now: datetime, hours: float = 0.2) -> datetime:
    """Run until nothing is left to do."""
    for step in (60 * S, timedelta(hours=hours), 10 * S, 10 * S):
        now += step
        while run(now):
            pass
    for _ in range(60):
        if not DirtyMinute.objects.exists() and not Job.objects.get(pk="rollup").cursor.get("dirty"):
            break
        now += 10 * S
        while run(now):
            pass
    return now


def _message(report: Report, offset: int, totals: dict[str, list[int]], attempts: dict[str, int]) -> wire.Slice:
    own = FIRST + report.own + offset
    return wire.Slice(
        slot=own,
        start=float(own * 10),
        seconds=report.width * 10,
        breakers=tuple(
            wire.BreakerSlice(
                name=name,
                state=report.state,
                successes=totals[name][0],
                failures=totals[name][1],
                ignored=totals[name][2],
                slow=totals[name][3],
                refused=totals[name][4],
                latency=tuple((b, c) for b, c in ((20, totals[name][0]), (25, totals[name][1])) if c),
            )
            for name in report.breakers
        ),
        operations=tuple(
            wire.OperationSlice(
                name=name,
                attempts=attempts[name],
                retries=attempts[name] // 2,
                delay_seconds_total=attempts[name] / 4,
                by_reason={"timeout": attempts[name]},
            )
            for name in report.operations
        ),
    )


Row = tuple[Any, ...]


def stored(seconds: int) -> dict[tuple[int, int], Row]:
    """Breaker rows of a level."""
    columns = ("breaker_id", "at", "admitted", "failures", "ignored", "slow", "refused", "hist", "worst", "linked")
    rows = MODELS[seconds].objects.values_list(*columns)
    return {(row[0], row[1]): row[2:] for row in rows}


def stored_operations(seconds: int) -> dict[tuple[int, int], Row]:
    """Operation rows of a level."""
    rows = OPERATION_MODELS[seconds].objects.values_list(
        "operation_id", "at", "attempts", "retries", "delay_seconds", "by_reason"
    )
    return {(row[0], row[1]): row[2:] for row in rows}


def _even(count: int, index: int, width: int) -> int:
    """The whole calls that are complete by the end of a slot, less those by its beginning."""
    return int(Fraction(count * (index + 1), width)) - int(Fraction(count * index, width))


def brute_force(world: World, reports: list[Report], seconds: int) -> dict[tuple[int, int], Row]:
    """The rows of ten seconds by definition, put together to a level."""
    tens: dict[tuple[int, int], dict[str, Any]] = {}
    for report in reports:
        for name, (successes, failures, ignored, slow, refused) in report.breakers.items():
            done = 0
            for index in range(report.width):
                key = (world.ids[name], (world.slot(report) + index) * 10)
                row = tens.setdefault(key, {"counts": [0] * 5, "hist": defaultdict(int), "states": set(), "who": set()})
                ok, bad, skipped = (_even(count, index, report.width) for count in (successes, failures, ignored))
                part = 0
                if successes + failures:
                    part = slow * (done + ok + bad) // (successes + failures) - slow * done // (successes + failures)
                done += ok + bad
                new = (ok + bad + skipped, bad, skipped, part, _even(refused, index, report.width))
                row["counts"] = [old + more for old, more in zip(row["counts"], new, strict=True)]
                for bucket, count in (("20", ok), ("25", bad)):
                    row["hist"][bucket] += count
                row["states"].add(report.state)
                row["who"].add(report.process)
    spans: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for (owner, at), row in tens.items():
        spans[owner, at // seconds * seconds].append(row)
    return {key: _joined(rows) for key, rows in spans.items()}


def _joined(rows: list[dict[str, Any]]) -> Row:
    counts = [sum(column) for column in zip(*(row["counts"] for row in rows), strict=True)]
    hist: dict[str, int] = defaultdict(int)
    for row in rows:
        for bucket, count in row["hist"].items():
            hist[bucket] += count
    worst = min((state for row in rows for state in row["states"]), key=WORST_FIRST.index)
    return (*counts, {b: c for b, c in hist.items() if c}, worst, max(len(row["who"]) for row in rows))
