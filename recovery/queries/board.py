"""The board's list: what needs attention, then the services; beyond a screenful the services fold to their counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from recovery import moment
from recovery.models import Breaker, BreakerNow, Process, Service

from . import figures
from .board_head import chips
from .board_rows import ATTENTION, COLUMNS, Row, rows_of
from .filters import EVERYTHING, BoardFilter
from .linking import is_linked, recent

MOST_ROWS = 200
MOST_GROUPS = 200


@dataclass(frozen=True, slots=True)
class Group:
    """A service on the board. ``folded``: only its counts; its breakers are a click away."""

    id: int
    name: str
    environment: str
    linked: int
    known: int
    versions: tuple[str, ...]
    counts: dict[str, int]  # by chip
    rows: tuple[Row, ...]
    folded: bool

    @property
    def total(self) -> int:
        """Its breakers that were asked for."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Board:
    """The list below the head."""

    filter: BoardFilter
    counts: dict[str, int]  # by chip, of what the rest of the filter leaves
    attention: tuple[Row, ...]
    more_attention: int  # beyond the cap
    groups: tuple[Group, ...]
    more_groups: int
    late: bool
    services: int  # without a breaker too

    @property
    def total(self) -> int:
        """All breakers that the rest of the filter leaves."""
        return sum(self.counts.values())

    @property
    def shown(self) -> bool:
        """Whether anything was found."""
        return bool(self.attention or self.groups)


def board(narrowed: BoardFilter = EVERYTHING) -> Board:
    """Twelve queries, whatever there is."""
    left = _left(narrowed)
    counted = _counted(left)
    wanted = [row for row in counted if narrowed.states is None or row[1] in narrowed.states]
    asked = left if narrowed.states is None else left.filter(state__in=narrowed.states)
    many = sum(n for _, state, n in wanted if state in ATTENTION)
    room = MOST_ROWS - min(many, MOST_ROWS)
    folded = sum(n for _, state, n in wanted if state not in ATTENTION) > room
    bad = list(_worst_first(asked).values_list(*COLUMNS)[:MOST_ROWS])
    calm = asked.none() if folded else asked.exclude(state__in=ATTENTION)
    span = figures.window(moment.now())
    shown = rows_of([*bad, *calm.order_by("name").values_list(*COLUMNS)], span)
    groups, more = _groups(wanted, shown[len(bad) :], folded=folded)
    return Board(
        filter=narrowed,
        counts=_totals(counted),
        attention=tuple(sorted(shown[: len(bad)], key=lambda row: row.order)),
        more_attention=many - len(bad),
        groups=groups,
        more_groups=more,
        late=span.late,
        services=Service.objects.count(),
    )


def asked_for(narrowed: BoardFilter) -> QuerySet[Breaker]:
    """All breakers that the filter leaves, also those beyond what the board shows."""
    left = _left(narrowed)
    return left if narrowed.states is None else left.filter(state__in=narrowed.states)


def counts(narrowed: BoardFilter) -> dict[str, int]:
    """By chip, of what the rest of the filter leaves. One query."""
    return _totals(_counted(_left(narrowed)))


def _counted(left: QuerySet[Breaker]) -> list[tuple[int, str, int]]:
    rows = left.order_by().values("service_id", "state").annotate(n=Count("pk"))
    return list(rows.values_list("service_id", "state", "n"))


def _left(narrowed: BoardFilter) -> QuerySet[Breaker]:
    """What the filter leaves, its state apart."""
    found = Breaker.objects.all()
    if narrowed.service:
        found = found.filter(service__name=narrowed.service)
    if narrowed.environment:
        found = found.filter(service__environment=narrowed.environment)
    if narrowed.q:
        near = BreakerNow.objects.filter(recent(moment.now(), "process__"), process__host__icontains=narrowed.q)
        words = Q(name__icontains=narrowed.q) | Q(service__name__icontains=narrowed.q)
        found = found.filter(words | Q(pk__in=near.values("breaker_id")))
    return found


def _worst_first(asked: QuerySet[Breaker]) -> QuerySet[Breaker]:
    ranks = [When(state=state, then=Value(rank)) for rank, state in enumerate(ATTENTION)]
    bad = asked.filter(state__in=ATTENTION).annotate(rank=Case(*ranks, output_field=IntegerField()))
    return bad.order_by("rank", F("since").desc(nulls_last=True), "pk")


def _totals(counted: Sequence[tuple[int, str, int]]) -> dict[str, int]:
    totals: Counter[str] = Counter()
    for _, state, n in counted:
        totals[state] += n
    return chips(totals.items())


def _groups(
    wanted: Sequence[tuple[int, str, int]], rows: Sequence[Row], *, folded: bool
) -> tuple[tuple[Group, ...], int]:
    """The services of what is not in need of attention, by name."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for service, state, n in wanted:
        if state not in ATTENTION:
            counts[service][state] = n
    found = (
        Service.objects.filter(pk__in=counts).order_by("name", "environment").values_list("pk", "name", "environment")
    )
    services = list(found[:MOST_GROUPS])
    running = _running([row[0] for row in services])
    its: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        its[row.service_id].append(row)
    groups = tuple(
        Group(key, name, environment, *running[key], chips(counts[key].items()), tuple(its[key]), folded)
        for key, name, environment in services
    )
    return groups, len(counts) - len(services)


def _running(services: Sequence[int]) -> dict[int, tuple[int, int, tuple[str, ...]]]:
    """Linked and known processes of each service, and the versions that are linked."""
    processes = Process.objects.filter(recent(moment.now()), service__in=services).order_by()
    counted = processes.annotate(linked=is_linked()).values("service_id", "version", "linked").annotate(n=Count("pk"))
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in counted:
        found[row["service_id"]].append(row)
    return defaultdict(lambda: (0, 0, ()), {service: _run(rows) for service, rows in found.items()})


def _run(rows: list[dict[str, Any]]) -> tuple[int, int, tuple[str, ...]]:
    linked = [row for row in rows if row["linked"]]
    versions = tuple(
        sorted(
            {
                f"v{row['version']}" if row["version"][0].isdigit() else row["version"]
                for row in linked
                if row["version"]
            }
        )
    )
    return sum(row["n"] for row in linked), sum(row["n"] for row in rows), versions
