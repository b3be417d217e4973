"""When nobody was linked: there a step without calls is *no data*, elsewhere it is a zero."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db.models import DateTimeField, Exists, F, Max, Min, OuterRef, Q, RowRange, Value, Window
from django.db.models.functions import Coalesce

from recovery import moment
from recovery.models import Breaker, BreakerNow, LinkInterval, Process

FAR = datetime(9999, 1, 1, tzinfo=UTC)
HEARD = timedelta(minutes=1)  # a link may end a little after its process was heard last
REMEMBERED = timedelta(hours=2)  # that it is known which breakers a process had that is gone
MOST = 500
_END = Coalesce("ended_at", Value(FAR, output_field=DateTimeField()))

Gap = tuple[float, float]


def unlinked(key: int, service: int, start: int, end: int, seconds: int) -> list[Gap]:
    """The times of at least a step in which none of the breaker's processes was linked. Three queries.

    Which breakers a process had that is gone for hours is forgotten: then every one of the service counts, from when
    the breaker was first seen.

    The database merges the intervals; what comes out is never more than the steps,
    however often processes came and went.
    """
    since, until = (datetime.fromtimestamp(at, UTC) for at in (start, end))
    its = Exists(BreakerNow.objects.filter(process=OuterRef("pk"), breaker=key))
    there = Process.objects.filter(its | Q(heard_at__lt=moment.now() - REMEMBERED), service=service)
    there = there.filter(heard_at__gte=since - HEARD)
    links = LinkInterval.objects.filter(process__in=there.values("pk"), began_at__lt=until)
    links = links.filter(Q(ended_at=None) | Q(ended_at__gt=since)).order_by()
    edges = links.aggregate(first=Min("began_at"), last=Max(_END))
    if edges["first"] is None:
        return [(float(start), float(end))]
    before = Window(Max(_END), order_by="began_at", frame=RowRange(start=None, end=-1))
    holes = links.annotate(before=before).filter(before__lt=F("began_at") - timedelta(seconds=seconds))
    inner = [(gone.timestamp(), came.timestamp()) for gone, came in holes.values_list("before", "began_at")[:MOST]]
    seen = Breaker.objects.filter(pk=key).values_list("first_seen_at", flat=True).get()
    first, last = max(edges["first"], seen).timestamp(), min(edges["last"], until).timestamp()
    return [(float(start), max(start, first)), *sorted(inner), (max(start, last), float(end))]


def within(gaps: Sequence[Gap], start: float, end: float) -> bool:
    """Whether a step lies in one of them as a whole."""
    return any(gone <= start and end <= came for gone, came in gaps)
