"""What results do: standings, and recovery through desired state."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from recovery import moment
from recovery.actions import commands, holds
from recovery.actions.actor import Actor
from recovery.actions.recovery import settle
from recovery.models import AuditEntry, Breaker, Check, CheckDay, CheckResult, Command
from recovery.testing import FakeClock
from tests.worker.house import BAD, GOOD, breaker, check, claimed, service

pytestmark = pytest.mark.django_db
ANNA = Actor("anna")


@pytest.fixture(autouse=True)
def clock() -> Iterator[FakeClock]:
    clock = FakeClock()
    with moment.using(clock):
        yield clock


def _run(made: Check, clock: FakeClock, *results: object) -> list[list[str]]:
    acted = []
    for result in results:
        clock.advance(30)
        acted.append(settle(made.pk, claimed(made), result, moment.now()))  # type: ignore[arg-type]
    made.refresh_from_db()
    return acted


def test_a_result_is_kept_once(clock: FakeClock) -> None:
    made = check(service())
    run = claimed(made)
    settle(made.pk, run, GOOD, moment.now())
    settle(made.pk, run, GOOD, moment.now())
    settle(made.pk, uuid4(), BAD, moment.now())
    made.refresh_from_db()
    assert CheckResult.objects.count() == 1
    assert (made.healthy, made.streak, made.last_text) == (True, 1, "200 OK")
    assert made.next_run_at > moment.now()
    assert (made.run, made.owner, made.lease_until) == (None, "", None)


def test_each_result_counts_on_its_day(clock: FakeClock) -> None:
    made = check(service())
    run = claimed(made)
    for _ in range(2):
        settle(made.pk, run, GOOD, moment.now())  # the second is not the check's present run
    _run(made, clock, GOOD, BAD)
    today = moment.now().date()
    clock.advance(86_400)
    _run(made, clock, BAD)
    days = CheckDay.objects.filter(parent=made).order_by("day").values_list("day", "runs", "healthy")
    assert list(days) == [(today, 3, 2), (moment.now().date(), 1, 0)]


def test_n_healthy_in_a_row_reset_what_is_linked_and_open(clock: FakeClock) -> None:
    shop = service()
    pay, calm = breaker(shop), breaker(shop, "calm", "CLOSED")
    breaker(shop, "not linked")
    made = check(shop, pay, calm, healthy_after=3)
    assert _run(made, clock, BAD, GOOD, GOOD, BAD, GOOD, GOOD) == [[]] * 6
    assert _run(made, clock, GOOD) == [["pay"]]
    command = Command.objects.get()
    assert (command.verb, command.target, command.actor, command.scope) == ("reset", "pay", "AutoRecovery", {})
    assert command.arguments == {"unless_held": True}
    entry = AuditEntry.objects.get(act="reset")
    assert (entry.actor, entry.user, entry.target) == ("AutoRecovery", None, "pay")
    assert "3 healthy in a row" in entry.reason
    assert made.acted_at == moment.now()


def test_results_from_before_the_opening_do_not_count(clock: FakeClock) -> None:
    shop = service()
    pay = breaker(shop, state="CLOSED")
    made = check(shop, pay, healthy_after=2)
    _run(made, clock, GOOD, GOOD, GOOD, GOOD)
    Breaker.objects.update(state="OPEN", since=moment.now())
    assert _run(made, clock, GOOD, GOOD) == [[], ["pay"]]


def test_it_acts_again_only_after_n_more(clock: FakeClock) -> None:
    shop = service()
    made = check(shop, breaker(shop), healthy_after=2)
    assert _run(made, clock, *[GOOD] * 6) == [[], ["pay"], [], ["pay"], [], ["pay"]]


def test_probe_lets_only_an_open_one_probe(clock: FakeClock) -> None:
    shop = service()
    made = check(shop, breaker(shop), breaker(shop, "half", "HALF-OPEN"), healthy_after=1, act="probe")
    assert _run(made, clock, GOOD) == [["pay"]]
    assert Command.objects.get().verb == "probe"


def test_suggesting_changes_nothing_and_is_said_once_for_an_opening(clock: FakeClock) -> None:
    shop = service()
    made = check(shop, breaker(shop), healthy_after=1, act="suggest")
    assert _run(made, clock, GOOD, GOOD, GOOD) == [["pay"], [], []]
    assert not Command.objects.exists()
    assert AuditEntry.objects.get().act == "suggest reset"
    clock.advance(1)
    Breaker.objects.update(since=moment.now())
    assert _run(made, clock, GOOD) == [["pay"]]


@pytest.mark.parametrize("kind", ["trip", "disable", "observe"])
def test_an_operators_hold_is_left_alone(kind: str, clock: FakeClock) -> None:
    shop = service()
    made = check(shop, breaker(shop), healthy_after=1)  # no process has applied the hold yet: it still reads OPEN
    holds.hold(shop, "pay", kind, actor=ANNA, reason="maintenance")
    assert _run(made, clock, GOOD) == [[]]
    assert not Command.objects.exists()
    holds.release(shop, "pay", actor=ANNA)
    assert _run(made, clock, GOOD) == [["pay"]]


@pytest.mark.parametrize("state", ["FORCED-OPEN", "DISABLED", "METRICS-ONLY", "CLOSED", ""])
def test_only_what_opened_by_itself_is_reset(state: str, clock: FakeClock) -> None:
    shop = service()
    made = check(shop, breaker(shop, state=state), healthy_after=1)
    assert _run(made, clock, GOOD) == [[]]


def test_a_hold_that_came_in_between_stops_the_command(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = service()
    made = check(shop, breaker(shop), healthy_after=1)
    holds.hold(shop, "pay", "trip", actor=ANNA, reason="maintenance")
    monkeypatch.setattr("recovery.actions.recovery._held", lambda *_: False)
    assert _run(made, clock, GOOD) == [[]]
    assert not Command.objects.exists()
    assert AuditEntry.objects.filter(actor="AutoRecovery", refused=True).count() == 1
    assert made.healthy is True


def test_a_command_by_hand_is_no_concern_of_it(clock: FakeClock) -> None:
    shop = service()
    breaker(shop)
    commands.reset(shop, "pay", actor=ANNA)
    assert Command.objects.get().arguments == {}
