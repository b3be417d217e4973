"""A breaker's chart: from the right level, in few rows, with silences told apart and percentiles that are exact."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recovery import moment
from recovery.models import Breaker, BreakerDay, BreakerHour, BreakerMinute, BreakerTen, Job, LinkInterval, Process
from recovery.queries.breaker.chart import SPANS, Chart, chart
from recovery.queries.breaker.counted import counted
from recovery.testing import FakeClock
from tests import factories as make

LEVELS = ((BreakerTen, 10, 86_400), (BreakerMinute, 60, 7 * 86_400), (BreakerHour, 3600, 90 * 86_400))
SPANS_ALL = sorted(SPANS)


def rolled() -> None:
    """The aggregator has just run."""
    its = {"finished_at": moment.now(), "due_at": moment.now()}
    Job.objects.update_or_create(name="rollup", defaults=its)


def running(**fields: Any) -> tuple[Process, Breaker]:
    """A breaker in one linked process, all added up."""
    rolled()
    service = make.service()
    process = make.process(service, **fields)
    return process, make.breaker(service, "download.fetch", on=[process])


def drawn(what: Breaker, span: str = "15m") -> Chart:
    """Its chart."""
    found = chart(what.pk, span)
    assert found is not None
    return found


def row(model: Any, what: Breaker, at: int, admitted: int = 10, **more: Any) -> Any:
    """One aggregate."""
    return model(breaker=what, at=at, admitted=admitted, hist={"28": admitted}, worst="CLOSED", linked=1, **more)


def full(what: Breaker, days: int) -> None:
    """So many days of calls, in every level as far as it is kept."""
    now = int(moment.now().timestamp())
    for model, width, kept in LEVELS:
        start = now - min(kept, days * 86_400)
        starts = range(start // width * width, now, width)
        model.objects.bulk_create([row(model, what, at) for at in starts], batch_size=2_000)
    starts = range((now - days * 86_400) // 86_400 * 86_400, now, 86_400)
    BreakerDay.objects.bulk_create([row(BreakerDay, what, at) for at in starts])


@pytest.mark.parametrize("span", SPANS_ALL)
def test_it_reads_at_most_two_hundred_rows(span: str, clock: FakeClock) -> None:
    _, breaker = running()
    clock.advance(3_500)  # late in an hour, so that the finer rows are many
    rolled()
    full(breaker, 91)
    its = SPANS[span]
    found = drawn(breaker, span)
    assert len(found.drawn.points) == its.count
    with CaptureQueriesContext(connection) as caught:
        counted(breaker.pk, its, int(found.start.timestamp()), int(found.end.timestamp()))
    rows = 0
    for query in caught.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(query["sql"].replace("%", "%%"))
            rows += len(cursor.fetchall())
    assert 0 < rows <= 200


def test_every_span_takes_as_many_queries_whatever_the_history() -> None:
    process, _ = running()
    numbers = set()
    for days in (1, 20):
        breaker = make.breaker(process.service, on=[process])
        make.transition(process, breaker, "CLOSED", "OPEN")
        for span in SPANS:
            with CaptureQueriesContext(connection) as caught:
                drawn(breaker, span)
            numbers.add(len(caught))
        full(breaker, days)
    assert numbers == {16}


def test_the_plans_use_indexes() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL rightly scans tables that are this small")
    process, breaker = running()
    make.transition(process, breaker, "CLOSED", "OPEN")
    with CaptureQueriesContext(connection) as caught:
        drawn(breaker, "7d")
    plans = []
    for query in caught.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
            plans += [str(step[3]) for step in cursor.fetchall()]
    scans = [step for step in plans if step.startswith("SCAN") and "INDEX" not in step and "CONSTANT" not in step]
    assert [step for step in scans if "subquery" not in step.lower() and "qualify" not in step.lower()] == []


def test_percentiles_are_those_of_all_calls_and_never_means_of_percentiles() -> None:
    _, breaker = running()
    chance = random.Random(7)
    end = make.slot(20)
    calls: list[int] = []
    for back in range(10):
        its = [int(chance.lognormvariate(16 + back / 3, 1)) for _ in range(50 if back else 5_000)]
        hist: dict[str, int] = {}
        for nanoseconds in its:
            bucket = str(nanoseconds.bit_length())
            hist[bucket] = hist.get(bucket, 0) + 1
        BreakerTen.objects.create(breaker=breaker, at=end - 10 * back, admitted=len(its), hist=hist)
        calls += its
    calls.sort()
    latency = drawn(breaker).latency
    for share, found in ((0.5, latency.p50), (0.95, latency.p95), (0.99, latency.p99)):
        exact = calls[int(len(calls) * share)] * 1e-9
        assert found is not None
        assert exact / 2 <= found <= exact * 2  # the same bucket, or next to its edge
    points = [point.p95 for point in drawn(breaker).drawn.points if point.p95]
    assert latency.p95 != pytest.approx(sum(points) / len(points), rel=0.2)


def test_zero_no_data_and_not_added_up_are_told_apart(clock: FakeClock) -> None:
    process, breaker = running()
    link = LinkInterval.objects.get(process=process)
    LinkInterval.objects.filter(pk=link.pk).update(
        began_at=make.ago(minutes=14), ended_at=make.ago(minutes=9), ending="lost"
    )
    LinkInterval.objects.create(process=process, began_at=make.ago(minutes=6), heard_at=moment.now())
    make.tens(breaker, 5, seconds=120)
    silences = [point.silence for point in drawn(breaker).drawn.points]
    assert silences[0] == "none"  # before the first link
    assert silences.count("none") == pytest.approx(6 + 18, abs=2)
    assert silences.count("") == pytest.approx(30 + 36, abs=2)  # idle is zero
    process.refresh_from_db()
    clock.advance(600)
    Process.objects.update(heard_at=moment.now())
    found = drawn(breaker)
    assert found.late
    assert [point.silence for point in found.drawn.points][-50:] == ["pending"] * 50
    assert all(not point.linked for point in found.drawn.points[-50:])


def test_a_short_gap_in_one_process_is_covered_by_another() -> None:
    process, breaker = running()
    other = make.process(breaker.service)
    make.stands(other, breaker)
    LinkInterval.objects.filter(process=process).update(ended_at=make.ago(minutes=10))
    assert {point.silence for point in drawn(breaker).drawn.points} == {""}
    LinkInterval.objects.filter(process=other).update(began_at=make.ago(minutes=5))
    assert [point.silence for point in drawn(breaker).drawn.points].count("none") == pytest.approx(30, abs=2)


def test_what_retention_has_cut_is_said(settings: Any) -> None:
    settings.RETENTION = {"hours": 3}
    process, breaker = running()
    LinkInterval.objects.filter(process=process).update(began_at=make.ago(days=20))
    found = drawn(breaker, "7d")
    assert found.cut_at == pytest.approx(make.ago(days=3), abs=timedelta(minutes=1))
    cut = [point.silence for point in found.drawn.points].count("cut")
    assert cut == pytest.approx(168 - 72, abs=1)
    assert drawn(breaker, "15m").cut_at is None


def test_the_hour_that_goes_on_says_so_and_is_drawn_by_its_rate(clock: FakeClock) -> None:
    clock.advance(3600 - moment.now().timestamp() % 3600 + 600)  # ten minutes into an hour
    _, breaker = running()
    make.minutes(breaker, 10.0, of=9)
    last = drawn(breaker, "24h").drawn.points[-1]
    assert last.calls > 0
    assert last.seconds == pytest.approx(600, abs=30)
    assert 5 < last.calls / last.seconds < 15


@pytest.mark.parametrize("hour", [0, 1, 2, 3])
def test_steps_are_equal_in_utc_where_clocks_change(hour: int, clock: FakeClock, settings: Any) -> None:
    settings.TIME_ZONE = "Europe/Berlin"  # 2026-03-29, 01:00 UTC: 02:00 becomes 03:00
    then = datetime(2026, 3, 29, hour, 30, tzinfo=UTC)
    clock.advance(then.timestamp() - moment.now().timestamp())
    _, breaker = running()
    for span in SPANS.values():
        starts = [point.at for point in drawn(breaker, span.name).drawn.points]
        assert {after - before for before, after in pairwise(starts)} == {span.seconds}
        assert starts[0] % span.seconds == 0


def test_an_unknown_span_and_an_unknown_breaker_are_nothing() -> None:
    _, breaker = running()
    assert chart(breaker.pk, "9y") is None
    assert chart(breaker.pk + 1) is None
