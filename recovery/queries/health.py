"""Health checks, and the console's own work, as pages show them. A fixed number of queries, whatever there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from recovery.charts.days import Days, drawn, share
from recovery.models import Breaker, Check, CheckDay, CheckResult, Job, Service
from recovery.moment import now

BARS = 30
RESULTS = 50
MOST_CHECKS = 500
DAYS = 90
LATE = timedelta(seconds=15)  # a scheduler or worker that did not beat for so long is away
BEATS = ("scheduler", "worker")


@dataclass(frozen=True)
class Result:
    """One run."""

    at: datetime
    healthy: bool
    latency_ms: float | None
    text: str


@dataclass(frozen=True)
class Day:
    """What a check found on one day (UTC)."""

    day: date
    runs: int
    healthy: int

    @property
    def unhealthy(self) -> int:
        """Results that were not."""
        return self.runs - self.healthy

    @property
    def share(self) -> str:
        """Of healthy ones."""
        return share(self.runs, self.healthy)


@dataclass(frozen=True)
class CheckRow:
    """A check in the list. ``bars``: its last results, oldest first; ``days``: those of the last 90 that have some."""

    id: int
    name: str
    service: str
    service_id: int
    kind: str
    target: str
    interval: int
    timeout: float
    enabled: bool
    healthy: bool | None
    streak: int
    since: datetime | None
    text: str
    last_run_at: datetime | None
    next_run_at: datetime
    act: str
    healthy_after: int
    acted_at: datetime | None
    revision: int
    breakers: tuple[tuple[int, str, str], ...] = ()  # key, name, state
    bars: tuple[Result, ...] = ()
    days: tuple[Day, ...] = ()
    strip: Days | None = None

    @property
    def word(self) -> str:
        """How it stands: off, unknown, healthy, unhealthy."""
        if not self.enabled:
            return "off"
        return "unknown" if self.healthy is None else "healthy" if self.healthy else "unhealthy"

    @property
    def share(self) -> str:
        """Of healthy ones among the results of the last ninety days."""
        return share(sum(day.runs for day in self.days), sum(day.healthy for day in self.days))


@dataclass(frozen=True)
class WorkRow:
    """A recurring job. ``late``: it should have been done long ago."""

    name: str
    lag_ms: int
    started_at: datetime | None
    finished_at: datetime | None
    running: bool
    failures: int
    last_error: str
    late: bool


@dataclass(frozen=True)
class Work:
    """The worker and its jobs. ``workers``: process → last beat, lag in ms."""

    alive: bool
    beat_at: datetime | None
    lag_ms: int
    workers: tuple[tuple[str, datetime, int], ...] = ()
    jobs: tuple[WorkRow, ...] = field(default=())


def checks(service: Service | None = None) -> list[CheckRow]:
    """Every check, the unhealthy ones first; four queries."""
    rows = Check.objects.select_related("service").order_by("healthy", "service__name", "service__environment", "name")
    if service is not None:
        rows = rows.filter(service=service)
    return _rows(list(rows[:MOST_CHECKS]), BARS)


def check(key: int) -> CheckRow | None:
    """One check with its last results."""
    found = _rows(list(Check.objects.select_related("service").filter(pk=key)), RESULTS)
    return found[0] if found else None


def linkable(service: Service) -> list[tuple[int, str]]:
    """Breakers that a check of this service can be linked to."""
    return list(Breaker.objects.filter(service=service).order_by("name").values_list("pk", "name"))


def work() -> Work:
    """How scheduler and worker are doing; one query."""
    at, rows = now(), {row.name: row for row in Job.objects.all()}
    beats = [rows[name] for name in BEATS if name in rows]
    alive = len(beats) == len(BEATS) and all(row.finished_at and at - row.finished_at < LATE for row in beats)
    living = rows["worker"].cursor.items() if "worker" in rows else ()
    return Work(
        alive=alive,
        beat_at=min((row.finished_at for row in beats if row.finished_at), default=None),
        lag_ms=max((row.lag_ms for row in beats), default=0),
        workers=tuple(sorted((who, datetime.fromisoformat(each["at"]), each["lag_ms"]) for who, each in living)),
        jobs=tuple(_job(row, at) for name, row in sorted(rows.items()) if name not in BEATS),
    )


def _job(row: Job, at: datetime) -> WorkRow:
    running = row.lease_until is not None and row.lease_until > at
    periodic = row.name in ("rollup", "prune")  # the others are done when there is something to do
    return WorkRow(
        name=row.name,
        lag_ms=row.lag_ms,
        started_at=row.started_at,
        finished_at=row.finished_at,
        running=running,
        failures=row.failures,
        last_error=row.last_error,
        late=periodic and not running and at - row.due_at > LATE,
    )


def _rows(found: list[Check], results: int) -> list[CheckRow]:
    keys = [each.pk for each in found]
    today = now().date()
    bars, breakers, past = _results(found, results), _breakers(keys), _days(keys, today)
    return [
        _row(
            each,
            bars=bars.get(each.pk, ()),
            breakers=breakers.get(each.pk, ()),
            **_past(past.get(each.pk, {}), today),
        )
        for each in found
    ]


def _row(row: Check, **gathered: Any) -> CheckRow:
    same = ("name", "service_id", "kind", "target", "interval", "timeout", "enabled", "healthy", "streak", "since")
    more = ("last_run_at", "next_run_at", "act", "healthy_after", "acted_at", "revision")
    values: dict[str, Any] = {name: getattr(row, name) for name in (*same, *more)}
    return CheckRow(id=row.pk, service=str(row.service), text=row.last_text, **gathered, **values)


def _days(keys: list[int], today: date) -> dict[int, dict[date, Day]]:
    """By check and day: one query, at most ninety rows for each."""
    rows = CheckDay.objects.filter(parent__in=keys, day__gt=today - timedelta(days=DAYS), runs__gt=0)
    gathered: dict[int, dict[date, Day]] = {}
    for parent, *values in rows.order_by("day").values_list("parent_id", "day", "runs", "healthy"):
        gathered.setdefault(parent, {})[values[0]] = Day(*values)
    return gathered


def _past(known: dict[date, Day], today: date) -> dict[str, Any]:
    found = [known.get(today - timedelta(days=ago)) for ago in reversed(range(DAYS))]
    strip = drawn([(each.runs, each.healthy) if each else None for each in found])
    return {"days": tuple(known.values()), "strip": strip}


def _results(found: list[Check], most: int) -> dict[int, tuple[Result, ...]]:
    """The last results of each, oldest first: one query, as long as each ran as often as its interval says."""
    if not found:
        return {}
    window = timedelta(seconds=most * 2 * max(each.interval for each in found))
    last = max((each.last_run_at for each in found if each.last_run_at), default=now())
    rows = CheckResult.objects.filter(parent__in=[each.pk for each in found], at__gt=last - window)
    gathered: dict[int, list[Result]] = {}
    for parent, *values in rows.order_by("-at").values_list("parent_id", "at", "healthy", "latency_ms", "text")[
        : most * 4 * len(found)
    ]:
        kept = gathered.setdefault(parent, [])
        if len(kept) < most:
            kept.append(Result(*values))
    return {parent: tuple(reversed(kept)) for parent, kept in gathered.items()}


def _breakers(keys: list[int]) -> dict[int, tuple[tuple[int, str, str], ...]]:
    through = Check.breakers.through.objects.filter(check_id__in=keys).order_by("breaker__name")
    gathered: dict[int, list[tuple[int, str, str]]] = {}
    for parent, key, name, state in through.values_list("check_id", "breaker_id", "breaker__name", "breaker__state"):
        gathered.setdefault(parent, []).append((key, name, state))
    return {parent: tuple(each) for parent, each in gathered.items()}
