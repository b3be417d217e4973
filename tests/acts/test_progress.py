"""How far the processes are with an act: sent, received, applied; who is behind, and what comes of that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from recovery import moment
from recovery.actions import commands, holds
from recovery.actions.actor import Actor
from recovery.models import LinkInterval, Process
from recovery.queries.acts.standing import holds as holding
from recovery.queries.desired import Progress, progress
from recovery.testing import FakeClock
from recovery.views.acts.told import told
from recovery.views.fragments import keys_for, render
from tests import factories as make
from tests.acts.conftest import Shop


def far(shop: Shop, revision: int) -> Progress:
    """How far it is."""
    found = progress(shop.service, revision)
    assert found is not None
    return found


def steps(shop: Shop, revision: int) -> tuple[int, int, int, int]:
    """Sent, received, applied, of how many."""
    found = far(shop, revision)
    return found.sent, found.received, found.applied, found.meant


def cut(process: Process, *, left: bool = False) -> None:
    """Its link is over; ``left``: it said goodbye."""
    LinkInterval.objects.filter(process=process).update(ended_at=moment.now(), ending="bye" if left else "lost")
    Process.objects.filter(pk=process.pk).update(left_at=moment.now() if left else None)


def test_sent_received_applied(shop: Shop, boss: Actor) -> None:
    revision = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill").revision
    assert steps(shop, revision) == (0, 0, 0, 3)
    shop.send(revision)
    assert steps(shop, revision) == (3, 0, 0, 3)
    shop.answer(revision, shop.processes[0])
    shop.answer(revision, shop.processes[1], applied=False, why="cannot")
    assert steps(shop, revision) == (3, 2, 1, 3)
    assert not far(shop, revision).done
    shop.answer(revision)
    assert steps(shop, revision) == (3, 3, 3, 3)
    assert far(shop, revision).done


def test_the_part_names_who_is_behind_and_what_comes_of_it(shop: Shop, boss: Actor) -> None:
    revision = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill").revision
    one, two, three = shop.processes
    shop.answer(revision, one, applied=False, why="no such verb")
    shop.send(revision, two, three)
    cut(three)
    part = render(f"progress:{shop.service.pk}:{revision}")
    for words in (
        "received 1 of 2",
        f"{one}</span> refused: no such verb",
        f"{two}</span> sent, not answered yet",
        f"{three}</span> cut off: applies when it links again",
        "Applied on 0 of 2.",
    ):
        assert words in part


def test_who_died_between_received_and_applied_is_told_apart(shop: Shop, boss: Actor) -> None:
    revision = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill").revision
    one, two, three = shop.processes
    shop.send(revision)
    shop.answer(revision, one)
    cut(two)
    cut(three, left=True)
    found = far(shop, revision)
    assert [each.word for each in found.processes] == ["applied", "away", "left"]
    assert found.done, "nobody is waited for"
    assert f"{three}</span> left before it answered" in render(f"progress:{shop.service.pk}:{revision}")


def test_who_returns_takes_the_desired_state_as_a_whole(shop: Shop, boss: Actor) -> None:
    revision = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill").revision
    Process.objects.filter(pk=shop.processes[0].pk).update(applied_revision=revision)
    assert [each.word for each in far(shop, revision).processes] == ["applied", "waiting", "waiting"]


def test_a_command_that_nobody_answered_in_its_minute_is_over(shop: Shop, boss: Actor, clock: FakeClock) -> None:
    revision = commands.reset(shop.service, "shop.pay", actor=boss).command.revision
    shop.answer(revision, shop.processes[0])
    shop.send(revision, shop.processes[1])
    cut(shop.processes[2])
    assert [each.word for each in far(shop, revision).processes] == ["applied", "sent"]
    clock.advance(61)
    found = far(shop, revision)
    assert (found.expired, [each.word for each in found.processes]) == (True, ["applied", "expired"])
    assert "did not answer in its minute" in render(f"progress:{shop.service.pk}:{revision}")


def test_without_a_linked_process_it_is_kept_and_says_so(shop: Shop, boss: Actor) -> None:
    for process in shop.processes:
        cut(process, left=True)
    revision = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill").revision
    assert "It is kept, and applies as soon as one links." in render(f"progress:{shop.service.pk}:{revision}")
    assert "it is kept, and applies as soon as one links" in render(f"holds:{shop.service.pk}:{shop.breaker.pk}")


def test_a_command_without_a_linked_process_says_that_nothing_comes_of_it(
    shop: Shop, boss: Actor, clock: FakeClock
) -> None:
    for process in shop.processes:
        cut(process, left=True)
    revision = commands.reset(shop.service, "shop.pay", actor=boss).command.revision
    key = f"progress:{shop.service.pk}:{revision}"
    assert "One that links in the next seconds does it." in render(key)
    clock.advance(61)
    assert "Its time is over, and nothing was changed." in render(key)


def test_processes_that_do_not_run_the_breaker_are_not_waited_for(shop: Shop, boss: Actor) -> None:
    stranger = make.process(shop.service, "cron-1")
    revision = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill").revision
    shop.send(revision, stranger)
    assert steps(shop, revision) == (0, 0, 0, 3)


def test_an_undo_is_offered_for_ten_seconds_and_only_where_nobody_acted_since(
    shop: Shop, boss: Actor, clock: FakeClock
) -> None:
    def until(revision: int) -> Any:
        found = told(shop.service.pk, revision)
        assert found is not None
        return found["undo_until"]

    revision = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill").revision
    assert until(revision) == moment.now() + timedelta(seconds=10)
    later = commands.reset(shop.service, "shop.pay", actor=boss).command.revision
    assert until(revision) is None
    assert until(later) is None, "commands are never taken back"
    last = holds.trip(shop.service, "shop.pay", actor=boss, reason="again").revision
    clock.advance(11)
    assert until(last) is None


def test_the_card_of_holds_tells_each_scope_with_its_own_progress(shop: Shop, boss: Actor) -> None:
    wide = holds.observe(shop.service, "shop.pay", actor=boss, reason="learning").revision
    host = {"kind": "host", "values": ["web-2"]}
    narrow = holds.trip(shop.service, "shop.pay", actor=boss, reason="one host", scope=host, seconds=600).revision
    shop.answer(wide, *shop.processes[:2])
    shop.answer(narrow, shop.processes[2])
    found = holding(shop.breaker.pk)
    assert found is not None
    told = [(row.kind, row.where, row.applied, row.meant) for row in found.rows]
    assert told == [("trip", "host web-2", 1, 1), ("observe", "", 2, 2)]
    part = render(f"holds:{shop.service.pk}:{shop.breaker.pk}")
    assert "held on 2 of 2 processes" in part
    assert 'data-as="until"' in part
    assert 'value="host:web-2"' in part


def test_the_number_of_queries_follows_nothing(shop: Shop, boss: Actor) -> None:
    revision = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill").revision
    with CaptureQueriesContext(connection) as few:
        progress(shop.service, revision)
        holding(shop.breaker.pk)
    for number in range(30):
        make.stands(make.process(shop.service, f"more-{number}"), shop.breaker)
    holds.observe(shop.service, "shop.pay", actor=boss, reason="x", scope={"kind": "host", "values": ["web-1"]})
    shop.send(revision)
    with CaptureQueriesContext(connection) as many:
        progress(shop.service, revision)
        holding(shop.breaker.pk)
    assert len(many) == len(few) <= 10


@pytest.mark.parametrize("topic", ["service", "desired"])
def test_a_confirmation_pushes_every_progress_of_its_service(topic: str) -> None:
    assert {"progress:7:", "holds:7:", "many"} <= set(keys_for(topic, 7))
