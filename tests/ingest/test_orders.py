"""Any interleaving of repeats, late arrivals and reconnects leaves exactly the same rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery import moment, wire
from recovery.ingest.counts import Counts
from recovery.ingest.inbox import Inbox
from recovery.ingest.jobs import Peer
from recovery.ingest.writer import Writer
from recovery.models import Breaker, BreakerNow, ErrorGroup, LogRecord, Occurrence, Process, Slice, Transition
from recovery.testing import FakeClock
from tests.ingest.desk import Desk, a_service
from tests.link.talking import a_slice, breaker, error, transition

START = 946_684_800.0 + 1000  # shortly after the beginning of the still clock's day
WAYS = ("CLOSED", "OPEN", "HALF-OPEN", "CLOSED")
PROCESSES = ("p1", "p2")


def reports(process: int) -> list[wire.Message]:
    """What one process has to tell: two breakers through their states, errors, logs, slices."""
    told: list[wire.Message] = [
        wire.Declare(breakers=tuple(breaker(name, since=START - 100) for name in ("bank", "mail")))
    ]
    at = START + process * 0.25
    for number in range(3):
        seq = number * 4 + 1
        moves = [
            transition(
                seq + place,
                number + 1,
                name,
                at=at + number * 10 + place,
                before=WAYS[number],
                after=WAYS[number + 1],
                cause=f"{name} {number} {process}",
            )
            for place, name in enumerate(("bank", "mail"))
        ]
        log = wire.Log(seq=seq + 3, at=at + number * 10 + 3, logger="x", level=30, message=f"line {number}")
        failed = error(seq + 2, f"f{number % 2}", at=at + number * 10 + 2, title=f"error {number} {process}")
        told += [wire.Events(events=(*moves, failed, log)), a_slice(int(START) // 10 + number, calls=number)]
    count = wire.ErrorCount(seq=20, at=at + 50, first=at, fingerprint="f0", count=100 + process, title="counted")
    return [*told, wire.Events(events=(count,))]


def rows() -> dict[str, Any]:
    """Everything that is kept, without numbers that depend on the order of arrival."""
    return {
        "breakers": list(
            Breaker.objects.order_by("name").values_list(
                "name", "state", "since", "cause", "last_failure_at", "code_config"
            )
        ),
        "now": list(
            BreakerNow.objects.order_by("process__uid", "breaker__name").values_list(
                "process__uid", "breaker__name", "state", "since", "cause", "sequence", "probe_at", "config"
            )
        ),
        "transitions": list(
            Transition.objects.order_by("process__uid", "seq").values_list(
                "process__uid", "seq", "breaker__name", "after", "at", "cause"
            )
        ),
        "groups": list(
            ErrorGroup.objects.order_by("fingerprint").values_list(
                "fingerprint", "count", "title", "first_seen_at", "last_seen_at", "status"
            )
        ),
        "occurrences": list(
            Occurrence.objects.order_by("process__uid", "seq").values_list(
                "process__uid", "seq", "group__fingerprint", "at"
            )
        ),
        "logs": list(
            LogRecord.objects.order_by("process__uid", "seq").values_list("process__uid", "seq", "text", "at")
        ),
        "slices": [
            (uid, own, slot, bytes(blob))
            for uid, own, slot, blob in Slice.objects.order_by("process__uid", "own_slot").values_list(
                "process__uid", "own_slot", "slot", "blob"
            )
        ],
        "processes": list(Process.objects.order_by("uid").values_list("uid", "last_slot", "last_seq", "kept_seqs")),
    }


def played(script: list[tuple[int, int, bool]]) -> dict[str, Any]:
    """Play a script on an empty database: (process, report, whether it reconnects before)."""
    call_command("flush", interactive=False, verbosity=0)
    with moment.using(FakeClock(1e9)) as clock:
        clock.advance(2000)
        counts, inbox = Counts(), Inbox()
        writer = Writer(inbox, counts, group_seconds=0.0)
        writer.start()
        desk = Desk(inbox, writer, counts)
        service = a_service()
        told = [reports(number) for number in range(len(PROCESSES))]
        peers: dict[int, Peer] = {}
        kept = []
        for process, number, again in script:
            if again or process not in peers:
                peers[process] = desk.peer(service, PROCESSES[process])
            kept.append(desk.hand_in(told[process][number], peers[process]))
        assert [future.result(20) for future in kept] == [None] * len(kept)
        assert writer.stop()
        assert counts["refused"] == 0
        return rows()


REPORTS = len(reports(0))
EVERYTHING = [(process, number, False) for process in range(len(PROCESSES)) for number in range(REPORTS)]


@pytest.mark.slow
def test_any_order_leaves_the_same_rows(transactional_db: None) -> None:
    expected = played(EVERYTHING)
    assert len(expected["transitions"]) == 12
    assert [row[1] for row in expected["groups"]] == [205, 2]

    step = st.tuples(st.integers(0, len(PROCESSES) - 1), st.integers(0, REPORTS - 1), st.booleans())

    @settings(max_examples=15)
    @given(st.permutations(EVERYTHING), st.lists(st.tuples(st.integers(0, len(EVERYTHING)), step), max_size=15))
    def same(order: list[tuple[int, int, bool]], repeats: list[tuple[int, tuple[int, int, bool]]]) -> None:
        script = list(order)
        for place, repeat in repeats:
            script.insert(place, repeat)
        assert played(script) == expected

    same()
