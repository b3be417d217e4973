"""Rows of the board: a breaker with how it stands, why, its last quarter of an hour and its processes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Count, F, Max, Min, Sum
from django.db.models.functions import Cast

from recovery import moment
from recovery.charts.bars import NOTHING, Bars, Counted, bars
from recovery.models import Breaker, BreakerNow, BreakerTen, Hold
from recovery.models.breakers import WORST_FIRST

from . import figures
from .figures import Figures, Window
from .linking import is_linked, recent

BARS, BAR_SECONDS = 45, 20  # a quarter of an hour
DRAWN = 8  # processes drawn one by one; of more, as many in proportion
ATTENTION = ("OPEN", "HALF-OPEN", "FORCED-OPEN")  # worst first, as an operator reads them
HELD = ("FORCED-OPEN", "DISABLED", "METRICS-ONLY")
_RANK = {state: rank for rank, state in enumerate((*WORST_FIRST, ""))}


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds it, why, until when; ``scoped``: not everywhere."""

    kind: str
    actor: str
    reason: str
    until: datetime | None
    scoped: bool = False


@dataclass(frozen=True, slots=True)
class Processes:
    """The processes of one breaker: linked or cut off a short while ago."""

    drawn: tuple[str, ...] = ()  # a state each, as data-state names it; gone: cut off
    linked: int = 0
    known: int = 0
    there: int = 0  # in the breaker's own state
    heard_at: datetime | None = None
    host: str = ""  # of one that was cut off


@dataclass(frozen=True, slots=True)
class Row:
    """One breaker on the board."""

    id: int
    service_id: int
    service: str
    environment: str
    name: str
    state: str
    since: datetime | None
    cause: str
    failure: str
    failure_at: datetime | None
    probe_at: datetime | None
    held: Held | None
    figures: Figures
    bars: Bars
    processes: Processes
    late: bool  # the aggregates are

    @property
    def attention(self) -> bool:
        """Whether it stands among those that need it."""
        return self.state in ATTENTION

    @property
    def group(self) -> str:
        """The list that it stands in."""
        return "attention" if self.attention else f"service-{self.service_id}"

    @property
    def order(self) -> str:
        """What the rows of a list are sorted by: state, size of the refusals, name. Coarse, so that rows rest."""
        rank = ATTENTION.index(self.state) if self.attention else 0
        size = min(8, len(f"{int(self.figures.refused)}")) if self.attention and self.figures.refused else 0
        return f"{rank}{9 - size} {self.service} {self.environment} {self.name}"

    @property
    def held_there(self) -> bool:
        """Whether a hold of the console is in force in a process, and not only asked for."""
        return self.held is not None and self.state in HELD

    @property
    def refuses(self) -> bool:
        """Whether a share of failures would mislead: calls are being refused."""
        return self.shut and bool(self.figures.refused)

    @property
    def shut(self) -> bool:
        """Whether it lets no call pass: what failed and how long it took was before."""
        return self.state in {"OPEN", "FORCED-OPEN"}

    @property
    def probe_due(self) -> bool:
        """Whether the wait is over: the next call is the probe."""
        return self.probe_at is not None and self.probe_at <= moment.now()

    @property
    def where(self) -> str:
        """Service and environment, as far as the name does not tell."""
        service = "" if self.name.startswith(self.service) else self.service
        environment = "" if self.environment == "production" else self.environment
        return " · ".join(filter(None, (service, environment)))

    @property
    def silence(self) -> str:
        """Cut off, gone, idle, or nothing of the kind."""
        if not self.state:
            return "cut-off" if self.processes.known else "gone"
        return "idle" if self.figures.idle else ""


COLUMNS = (
    *("id", "service_id", "service__name", "service__environment", "name", "state", "since", "cause"),
    *("last_failure_type", "last_failure_text", "last_failure_at"),
)


def rows_of(breakers: Iterable[tuple[Any, ...]], span: Window) -> tuple[Row, ...]:
    """The rows of these breakers, given as COLUMNS. Four queries, however many."""
    known = list(breakers)
    ids = [row[0] for row in known]
    rates, spark = figures.of_breakers(ids, span), _bars(ids)
    processes, probes = _processes(known)
    held = _held(known)
    made = []
    for key, service_id, service, environment, name, state, since, cause, kind, text, at in known:
        row = Row(
            id=key,
            service_id=service_id,
            service=service,
            environment=environment,
            name=name,
            state=state,
            since=since,
            cause=cause,
            failure=": ".join(filter(None, (kind, text))),
            failure_at=at,
            probe_at=probes.get(key) if state == "OPEN" else None,
            held=held.get((service_id, name)),
            figures=rates[key] if state else figures.UNKNOWN,
            bars=spark[key],
            processes=processes.get(key, Processes()),
            late=span.late,
        )
        made.append(row)
    return tuple(made)


def rows(ids: Collection[int]) -> tuple[Row, ...]:
    """Rows by the breakers' ids, as a push needs them; who is gone is left out. Seven queries."""
    found = Breaker.objects.filter(pk__in=ids).order_by("pk").values_list(*COLUMNS)
    return rows_of(found, figures.window(moment.now()))


def _bars(ids: Collection[int]) -> Mapping[int, Bars]:
    end = -(-int(moment.now().timestamp()) // BAR_SECONDS) * BAR_SECONDS
    spans: dict[int, list[tuple[int, Counted]]] = defaultdict(list)
    for breaker, bar, admitted, failures, refused in _spans(ids, end - BARS * BAR_SECONDS, end):
        spans[breaker].append((bar, (admitted, failures, refused)))
    return defaultdict(lambda: NOTHING, {breaker: _drawn_bars(tuple(each)) for breaker, each in spans.items()})


@lru_cache(maxsize=512)
def _drawn_bars(spans: tuple[tuple[int, Counted], ...]) -> Bars:
    """They change every ten seconds, and are asked for by every page and every push between."""
    return bars(dict(spans), BAR_SECONDS)


def _spans(ids: Collection[int], start: int, end: int) -> list[tuple[int, int, int, int, int]]:
    """Breaker, bar, and the sums in it. Thousands of rows, so they are taken as the driver gives them."""
    counted = BreakerTen.objects.filter(breaker__in=ids, at__gte=start, at__lt=end).order_by()
    sums = counted.annotate(bar=(F("at") - start) / BAR_SECONDS).values("breaker_id", "bar")
    for name in ("admitted", "failures", "refused"):
        sums = sums.annotate(**{f"{name}_sum": Cast(Sum(name), BigIntegerField())})
    try:
        statement = sums.query.sql_with_params()
    except EmptyResultSet:  # no breaker was asked for
        return []
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()


def _processes(known: list[tuple[Any, ...]]) -> tuple[dict[int, Processes], dict[int, datetime]]:
    """How many processes stand how, counted in the database; and when the next probe may go out."""
    states = {row[0]: row[5] for row in known}
    now = BreakerNow.objects.filter(recent(moment.now(), "process__"), breaker__in=states).order_by()
    counted = (
        now.annotate(linked=is_linked("process_id"))
        .values("breaker_id", "state", "linked")
        .annotate(n=Count("pk"), probe=Min("probe_at"), heard=Max("process__heard_at"), host=Max("process__host"))
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in counted:
        found[row["breaker_id"]].append(row)
    probes = {
        breaker: min(times)
        for breaker, its in found.items()
        if (times := [row["probe"] for row in its if row["linked"] and row["state"] == "OPEN" and row["probe"]])
    }
    return {breaker: _counted(its, states[breaker]) for breaker, its in found.items()}, probes


def _counted(its: list[dict[str, Any]], state: str) -> Processes:
    its = sorted(its, key=lambda row: (not row["linked"], _RANK.get(row["state"], len(_RANK))))
    linked = sum(row["n"] for row in its if row["linked"])
    known = sum(row["n"] for row in its)
    cut = [row for row in its if not row["linked"]]
    drawn = [(row["state"].lower() if row["linked"] else "gone", row["n"]) for row in its]
    return Processes(
        drawn=tuple(_in_proportion(drawn, known)),
        linked=linked,
        known=known,
        there=sum(row["n"] for row in its if row["linked"] and row["state"] == state),
        heard_at=max((row["heard"] for row in its), default=None),
        host=max((row["host"] for row in cut), default=""),
    )


def _in_proportion(drawn: list[tuple[str, int]], known: int) -> list[str]:
    """At most DRAWN of them; whatever is there at all is seen."""
    if known <= DRAWN:
        return [state for state, count in drawn for _ in range(count)]
    return [state for state, count in drawn for _ in range(max(1, round(count * DRAWN / known)))][: DRAWN + len(drawn)]


def _held(known: list[tuple[Any, ...]]) -> dict[tuple[int, str], Held]:
    """The console's holds that are in force; the newest of a breaker wins."""
    its = {"service__in": {row[1] for row in known}, "breaker__in": {row[4] for row in known}}
    holds = Hold.objects.in_force(moment.now()).filter(**its)
    columns = ("service_id", "breaker", "kind", "actor", "reason", "ends_at", "scope")
    found: dict[tuple[int, str], Held] = {}
    for service, breaker, kind, actor, reason, ends_at, scope in holds.order_by("revision").values_list(*columns):
        found[service, breaker] = Held(kind, actor, reason, ends_at, scoped=bool(scope))
    return found
