"""Groups count exactly, samples stay small, secrets stay out."""

from __future__ import annotations

from datetime import timedelta

from recovery import moment, wire
from recovery.models import ErrorGroup, LogRecord, Occurrence
from tests.ingest.desk import Desk, a_service
from tests.link.talking import error, now


def test_counts_are_exact_and_the_sample_is_bounded(desk: Desk) -> None:
    peer = desk.peer(a_service())
    start = now() - 3000
    for batch in range(20):
        seqs = range(batch * 50 + 1, batch * 50 + 51)
        events = tuple(error(seq, at=start + seq, attempt=1, will_retry=seq % 2 == 0) for seq in seqs)
        desk.keep(wire.Events(events=events), peer)
    group = ErrorGroup.objects.get()
    assert (group.count, group.retried) == (1000, 500)
    kept = set(Occurrence.objects.values_list("seq", flat=True))
    assert {1, 2, 3} <= kept
    assert max(kept) > 990
    assert len(kept) < 20
    assert (group.last_seen_at - group.first_seen_at).total_seconds() == 999


def test_reports_that_were_only_counted_add_to_it(desk: Desk) -> None:
    peer = desk.peer(a_service())
    count = wire.ErrorCount(seq=2, at=now(), first=now() - 500, fingerprint="f1", count=812)
    blind = wire.ErrorCount(seq=3, at=now(), first=now() - 5, fingerprint="", count=7)
    desk.keep(wire.Events(events=(error(1), count, blind, count)), peer)
    desk.keep(wire.Events(events=(count,)), peer)
    groups = {group.fingerprint: group for group in ErrorGroup.objects.all()}
    assert (groups["f1"].count, groups[""].count) == (813, 7)
    assert groups["f1"].first_seen_at < moment.now() - timedelta(seconds=400)
    assert groups[""].title == "Errors that nobody could look at"
    assert groups[""].severity == "medium"


def test_a_resolved_group_that_comes_back_has_regressed(desk: Desk) -> None:
    peer = desk.peer(a_service())
    desk.keep(wire.Events(events=(error(1),)), peer)
    at = moment.now()
    ErrorGroup.objects.update(status="resolved", resolved_at=at)
    desk.keep(wire.Events(events=(error(2, at=now() - 600),)), peer)
    assert ErrorGroup.objects.get().status == "resolved"  # it happened before
    desk.keep(wire.Events(events=(error(3),)), peer)
    assert ErrorGroup.objects.get().status == "regressed"


def test_a_muted_group_stays_muted(desk: Desk) -> None:
    peer = desk.peer(a_service())
    desk.keep(wire.Events(events=(error(1),)), peer)
    ErrorGroup.objects.update(status="muted")
    desk.keep(wire.Events(events=(error(2),)), peer)
    assert ErrorGroup.objects.get().status == "muted"


def test_secrets_are_taken_out_once_more(desk: Desk) -> None:
    peer = desk.peer(a_service())
    secret = "hunter2-hunter2"
    report = error(
        1,
        title=f"Error password={secret}",
        message=f"password={secret}",
        traceback=f"Traceback: password={secret}",
        context={"password": secret, "deep": {"api_key": secret}},
        extras={"token": secret},
        suggested_actions=(f"use password={secret}",),
    )
    log = wire.Log(seq=2, at=now(), logger="x", level=30, message=f"password={secret}", fields={"password": secret})
    desk.keep(wire.Events(events=(report, log)), peer)
    group, occurrence, record = ErrorGroup.objects.get(), Occurrence.objects.get(), LogRecord.objects.get()
    told = [
        group.title,
        group.suggestions,
        occurrence.message,
        occurrence.traceback,
        occurrence.context,
        record.text,
        record.extra,
    ]
    assert secret not in repr(told)
    assert "fields" in record.extra


def test_the_words_are_those_of_the_newest(desk: Desk) -> None:
    peer = desk.peer(a_service())
    desk.keep(wire.Events(events=(error(1, at=now() - 10, title="newer"),)), peer)
    desk.keep(wire.Events(events=(error(2, at=now() - 20, title="older"),)), peer)
    assert ErrorGroup.objects.get().title == "newer"


def test_a_breaker_that_recorded_it_is_named(desk: Desk) -> None:
    peer = desk.peer(a_service())
    desk.keep(wire.Events(events=(error(1), error(2, "f2", attempt=1))), peer)
    assert dict(ErrorGroup.objects.values_list("fingerprint", "breaker")) == {"f1": "charge", "f2": ""}


def test_one_fingerprint_in_two_services_is_two_groups(desk: Desk) -> None:
    for name in ("shop", "bank"):
        desk.keep(wire.Events(events=(error(1),)), desk.peer(a_service(name)))
    assert list(ErrorGroup.objects.values_list("count", flat=True)) == [1, 1]
