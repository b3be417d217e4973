"""The board's reading: what it says, how it narrows, and that its cost does not follow what is there."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recovery.models import Job
from recovery.queries import board_rows, figures
from recovery.queries.board import board
from recovery.queries.board_head import head
from recovery.queries.filters import BoardFilter
from recovery.testing import FakeClock
from tests import factories as make


def queries(read: object) -> int:
    """How many queries a read takes."""
    with CaptureQueriesContext(
        connection,
    ) as caught:
        read()  # type: ignore[operator]
    return len(caught)


def test_an_empty_house_says_so() -> None:
    assert head().sentence == "No breaker has reported yet."
    assert not board().shown


def test_the_sentence_names_what_is_wrong_and_how_much() -> None:
    service = make.service()
    process = make.process(service)
    for state in ("OPEN", "OPEN", "HALF-OPEN", "FORCED-OPEN", "CLOSED"):
        make.breaker(service, state=state, on=[process])
    assert head().sentence == "2 breakers are open, 1 is probing, 1 is held open."
    assert head().short == "2 open, 1 probing, 1 held open"
    assert head().wrong


def test_one_breaker_that_is_only_probing_is_a_sentence_too() -> None:
    service = make.service()
    make.breaker(service, state="HALF-OPEN", on=[make.process(service)])
    assert head().sentence == "1 breaker is probing."


def test_nothing_wrong_is_said_only_of_what_is_known() -> None:
    service = make.service()
    make.breaker(service, on=[make.process(service)])
    assert head().sentence == "Nothing is wrong."
    make.breaker(service, state="", on=[make.process(service, silence="cut-off")])
    assert head().sentence == "1 breaker was cut off."


def test_a_house_whose_processes_have_left_knows_nothing() -> None:
    service = make.service()
    make.breaker(service, state="", on=[make.process(service, silence="gone")])
    assert head().sentence == "No process is linked: nothing is known."
    assert (head().processes, head().services) == (0, 0)


def test_rates_are_those_of_the_last_settled_half_minute() -> None:
    service = make.service()
    breaker = make.breaker(service, state="OPEN", on=[make.process(service)])
    make.tens(breaker, 100, refused=1.0)
    row = board().attention[0]
    assert row.figures.refused == row.figures.calls == pytest.approx(head().figures.refused)
    assert 70 < row.figures.calls < 130
    assert row.figures.failed is None, "nothing was admitted"
    assert row.refuses


def test_p95_is_merged_from_histograms() -> None:
    service = make.service()
    breaker = make.breaker(service, on=[make.process(service)])
    make.tens(breaker, 10, bucket=30)
    assert 0.9 < (board().groups[0].rows[0].figures.p95 or 0) <= 2**30 / 1e9


def test_four_silences_are_different() -> None:
    service = make.service()
    process = make.process(service)
    Job.objects.create(name=figures.AGGREGATOR, due_at=make.ago(), finished_at=make.ago(seconds=1))
    make.breaker(service, "a-idle", on=[process])
    make.breaker(service, "b-cut-off", "", on=[make.process(service, silence="cut-off")])
    make.breaker(service, "c-gone", "", on=[make.process(service, silence="gone")])
    make.breaker(service, "d-lost-long-ago", "", on=[make.process(service, silence="lost")])
    assert [row.silence for row in board().groups[0].rows] == ["idle", "cut-off", "gone", "gone"]
    idle, cut_off, *_ = board().groups[0].rows
    assert idle.figures.calls == 0
    assert cut_off.figures.calls is None, "no data is never 0"
    assert (cut_off.processes.linked, cut_off.processes.known) == (0, 1)


def test_without_a_worker_numbers_are_unknown_not_zero(clock: FakeClock) -> None:
    service = make.service()
    breaker = make.breaker(service, on=[make.process(service)])
    make.tens(breaker, 10)
    clock.advance(120)
    assert head().window.late
    assert board_rows.rows([breaker.pk])[0].figures.calls is None


def test_an_idle_house_with_a_worker_reads_zero(clock: FakeClock) -> None:
    service = make.service()
    make.tens(make.breaker(service, on=[make.process(service)]), 10)
    clock.advance(120)
    Job.objects.create(name=figures.AGGREGATOR, due_at=make.ago(), finished_at=make.ago(seconds=1))
    assert not head().window.late
    assert head().figures.calls == 0


def test_attention_is_worst_first() -> None:
    service = make.service()
    process = make.process(service)
    for name, state, refused in (
        ("a", "HALF-OPEN", 0),
        ("b", "OPEN", 0.05),
        ("c", "OPEN", 1.0),
        ("d", "FORCED-OPEN", 0),
    ):
        make.tens(make.breaker(service, name, state, on=[process]), 100, refused=refused)
    assert [row.name for row in board().attention] == ["c", "b", "a", "d"]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (BoardFilter(state="open"), {"metadata.get"}),
        (BoardFilter(state="stale"), {"students.report"}),
        (BoardFilter(q="META"), {"metadata.get"}),
        (BoardFilter(q="web-7"), {"students.get"}),
        (BoardFilter(service="students"), {"students.get", "students.report"}),
        (BoardFilter(environment="staging"), set()),
        (BoardFilter(q="nothing like it"), set()),
    ],
)
def test_filters(asked: BoardFilter, names: set[str]) -> None:
    metadata, students = make.service("metadata"), make.service("students")
    make.breaker(metadata, "metadata.get", "OPEN", on=[make.process(metadata, "web-1")])
    make.breaker(students, "students.get", on=[make.process(students, "web-7")])
    make.breaker(students, "students.report", "", on=[make.process(students, "web-8", silence="cut-off")])
    found = board(asked)
    assert {row.name for row in (*found.attention, *(row for group in found.groups for row in group.rows))} == names


def test_chips_count_what_the_rest_of_the_filter_leaves() -> None:
    service = make.service()
    process = make.process(service)
    make.breaker(service, state="OPEN", on=[process])
    make.breaker(service, on=[process])
    counts = board(BoardFilter(state="open")).counts
    assert (counts["open"], counts["closed"]) == (1, 1)


def test_the_same_name_in_two_environments_stays_two_rows() -> None:
    for environment in ("production", "staging"):
        service = make.service("download", environment)
        make.breaker(service, "download.fetch", on=[make.process(service)])
    assert [group.environment for group in board().groups] == ["production", "staging"]


def test_beyond_a_screenful_services_fold_to_their_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recovery.queries.board.MOST_ROWS", 3)
    service = make.service()
    process = make.process(service)
    for state in ("OPEN", "CLOSED", "CLOSED", "CLOSED"):
        make.breaker(service, state=state, on=[process])
    found = board()
    assert len(found.attention) == 1
    assert [(group.folded, group.rows, group.counts["closed"]) for group in found.groups] == [(True, (), 3)]


def test_what_needs_attention_is_capped_and_the_rest_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recovery.queries.board.MOST_ROWS", 2)
    service = make.service()
    for _ in range(5):
        make.breaker(service, state="OPEN", on=[make.process(service)])
    assert (len(board().attention), board().more_attention) == (2, 3)


def test_many_processes_are_drawn_in_proportion_and_counted_exactly() -> None:
    service = make.service()
    its = [make.process(service) for _ in range(40)]
    breaker = make.breaker(service, state="OPEN")
    for index, process in enumerate(its):
        make.stands(process, breaker, "OPEN" if index == 0 else "CLOSED")
    processes = board().attention[0].processes
    assert (processes.there, processes.linked, processes.known) == (1, 40, 40)
    assert "open" in processes.drawn
    assert len(processes.drawn) <= board_rows.DRAWN + 2


def test_the_number_of_queries_does_not_follow_what_is_there() -> None:
    def grow(services: int) -> None:
        for number in range(services):
            service = make.service(f"service-{make.ago()}-{number}")
            process = make.process(service)
            for state in ("OPEN", "CLOSED", "FORCED-OPEN", ""):
                make.tens(make.breaker(service, state=state, on=[process]), 5)

    grow(1)
    few = queries(board), queries(head)
    grow(8)
    assert (queries(board), queries(head)) == few
    assert few == (12, 8)
