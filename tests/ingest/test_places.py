"""A process that was killed is gone when another took its place, and not sooner; one that may come back is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from recovery import moment
from recovery.ingest import places
from recovery.models import Process
from recovery.queries.board import board
from recovery.queries.linking import CUT_OFF_FOR
from recovery.testing import FakeClock
from tests import factories as make


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[FakeClock]:
    with moment.using(FakeClock()) as fake:
        yield fake


def killed(seconds_ago: float, host: str = "web-1", born: float = 3600) -> Process:
    """Cut off without a word."""
    heard = make.ago(seconds=seconds_ago)
    its = {"heard_at": heard, "first_seen_at": make.ago(seconds=seconds_ago + born)}
    made = make.process(make.service(), host, silence="cut-off", **its)
    made.links.update(ended_at=heard, heard_at=heard)
    return made


def came(seconds_ago: float, host: str = "web-1") -> Process:
    return make.process(make.service(), host, first_seen_at=make.ago(seconds=seconds_ago))


def gone() -> set[int]:
    places.settle(moment.now())
    return set(Process.objects.exclude(left_at=None).values_list("pk", flat=True))


def test_a_killed_process_is_gone_once_another_runs_in_its_stead() -> None:
    old = killed(120)
    assert gone() == set()
    came(110)
    assert gone() == {old.pk}
    old.refresh_from_db()
    assert old.left_at == old.heard_at


def test_it_is_not_gone_while_it_may_still_come_back() -> None:
    killed(40)
    came(30)
    assert gone() == set()


def test_a_process_of_another_host_takes_no_place() -> None:
    killed(120, "web-1")
    came(110, "web-2")
    assert gone() == set()


def test_one_that_was_there_before_takes_no_place() -> None:
    killed(120)
    came(3000)
    assert gone() == set()


def test_each_newcomer_takes_one_place() -> None:
    first, second, third = killed(300), killed(290), killed(280)
    came(200)
    assert gone() == {first.pk}
    assert gone() == {first.pk}, "looking again takes no further place"
    came(190)
    assert gone() == {first.pk, second.pk}
    assert third.pk not in gone()


def test_processes_that_crash_again_and_again_do_not_pile_up() -> None:
    """Killed every ten seconds for five minutes: all but the last minute's are gone."""
    its = [killed(seconds, born=9.0) for seconds in range(300, 0, -10)]
    came(1)
    left = [each.pk for each in its if each.pk not in gone()]
    assert len(left) <= 6
    breaker = make.breaker(make.service(), on=Process.objects.all())
    assert board().groups[0].rows[0].processes.known == len(left) + 1
    assert breaker.pk == board().groups[0].rows[0].id


def test_both_rules_look_back_equally_far() -> None:
    assert places.LOOK_BACK == CUT_OFF_FOR
    assert timedelta(seconds=60) <= places.PATIENCE


def test_one_that_comes_back_after_all_is_there_again() -> None:
    old = killed(120)
    came(110)
    assert gone() == {old.pk}
    Process.objects.filter(pk=old.pk).update(left_at=None, heard_at=moment.now())
    old.links.update(ended_at=None)
    assert gone() == set()


def test_who_came_before_the_link_ended_took_no_place() -> None:
    """What was heard last is up to a beat old when a process dies: a neighbour of those seconds is no heir."""
    old = killed(120)
    old.links.update(ended_at=make.ago(seconds=110))
    came(115)
    assert gone() == set()
    came(105)
    assert gone() == {old.pk}
