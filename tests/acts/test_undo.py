"""Taking back: what stood before stands again, for a few seconds, unless somebody acted since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from recovery import moment
from recovery.actions import commands, holds
from recovery.actions.actor import Actor
from recovery.actions.problems import Conflict, NotAllowed, TooLate, Unchanged, UnknownRevision
from recovery.actions.undo import UNDO_SECONDS, undo
from recovery.models import AuditEntry
from recovery.queries.desired import holds_of
from recovery.testing import FakeClock
from tests import factories as make
from tests.acts.conftest import Shop

HOST = {"kind": "host", "values": ["web-1"]}
OTHER = {"kind": "version", "values": ["2"]}


def standing(shop: Shop) -> list[tuple[str, Any, str, Any]]:
    """What holds the breaker, the oldest first."""
    found = holds_of(shop.service, shop.breaker.name)[::-1]
    return [(hold.kind, hold.scope, hold.actor, hold.ends_at) for hold in found]


def test_a_first_hold_is_taken_back_by_a_release(shop: Shop, boss: Actor) -> None:
    made = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    taken_back = undo(shop.service, made.revision, actor=boss)
    assert (taken_back.kind, taken_back.revision) == ("release", made.revision + 1)
    assert standing(shop) == []
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.act, entry.revision, entry.before[0]["kind"]) == ("undo trip", 2, "trip")


def test_the_hold_before_stands_again_with_what_was_left_of_it(shop: Shop, boss: Actor, clock: FakeClock) -> None:
    ana = Actor("ana", origin="page")
    holds.trip(shop.service, "shop.pay", actor=ana, reason="maintenance", seconds=600)
    ends = moment.now() + timedelta(seconds=600)
    clock.advance(100)
    made = holds.disable(shop.service, "shop.pay", actor=boss, reason="wrong one")
    clock.advance(5)
    undo(shop.service, made.revision, actor=boss)
    assert standing(shop) == [("trip", {}, "ana", ends)]


def test_a_release_is_taken_back_with_what_was_left_of_the_hold(shop: Shop, boss: Actor, clock: FakeClock) -> None:
    holds.trip(shop.service, "shop.pay", actor=boss, reason="maintenance", seconds=60)
    ends = moment.now() + timedelta(seconds=60)
    clock.advance(30)
    made = holds.release(shop.service, "shop.pay", actor=boss)
    undo(shop.service, made.revision, actor=boss)
    assert standing(shop) == [("trip", {}, "boss", ends)]


def test_several_scopes_stand_again_as_they_stood(shop: Shop, boss: Actor) -> None:
    holds.trip(shop.service, "shop.pay", actor=boss, reason="one", scope=HOST)
    holds.observe(shop.service, "shop.pay", actor=boss, reason="two", scope=OTHER)
    before = standing(shop)
    wide = holds.disable(shop.service, "shop.pay", actor=boss, reason="all")
    undo(shop.service, wide.revision, actor=boss)
    assert standing(shop) == before


def test_a_narrow_hold_over_a_wide_one_gives_way_to_it_again(shop: Shop, boss: Actor) -> None:
    holds.trip(shop.service, "shop.pay", actor=boss, reason="all")
    before = standing(shop)
    narrow = holds.disable(shop.service, "shop.pay", actor=boss, reason="one", scope=HOST)
    undo(shop.service, narrow.revision, actor=boss)
    assert standing(shop) == before


def test_a_narrow_hold_in_place_of_its_like_leaves_the_others_alone(shop: Shop, boss: Actor) -> None:
    holds.observe(shop.service, "shop.pay", actor=boss, reason="other", scope=OTHER)
    holds.trip(shop.service, "shop.pay", actor=boss, reason="one", scope=HOST)
    made = holds.disable(shop.service, "shop.pay", actor=boss, reason="two", scope=HOST)
    taken_back = undo(shop.service, made.revision, actor=boss)
    assert taken_back.revision == made.revision + 1, "one row is enough"
    assert {(kind, scope["kind"]) for kind, scope, *_ in standing(shop)} == {("observe", "version"), ("trip", "host")}


def test_whoever_acted_since_is_not_overridden(shop: Shop, boss: Actor) -> None:
    made = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    holds.disable(shop.service, "shop.pay", actor=Actor("ben"), reason="no")
    revision = shop.service.__class__.objects.get(pk=shop.service.pk).revision
    with pytest.raises(Conflict, match="ben changed it meanwhile"):
        undo(shop.service, made.revision, actor=boss)
    assert [kind for kind, *_ in standing(shop)] == ["disable"]
    assert shop.service.__class__.objects.get(pk=shop.service.pk).revision == revision


def test_a_command_since_counts_too(shop: Shop, boss: Actor) -> None:
    made = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    commands.probe(shop.service, "shop.pay", actor=Actor("ben"))
    with pytest.raises(Conflict):
        undo(shop.service, made.revision, actor=boss)


def test_an_act_on_another_breaker_does_not(shop: Shop, boss: Actor) -> None:
    make.breaker(shop.service, "shop.stock", on=shop.processes)
    made = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    holds.trip(shop.service, "shop.stock", actor=boss, reason="drill")
    undo(shop.service, made.revision, actor=boss)
    assert standing(shop) == []


def test_it_can_be_taken_back_for_ten_seconds_and_what_a_click_takes(shop: Shop, boss: Actor, clock: FakeClock) -> None:
    made = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    clock.advance(UNDO_SECONDS + 6)
    with pytest.raises(TooLate):
        undo(shop.service, made.revision, actor=boss)
    assert [kind for kind, *_ in standing(shop)] == ["trip"]


@pytest.mark.parametrize("act", [commands.reset, commands.probe])
def test_commands_are_never_taken_back(act: Any, shop: Shop, boss: Actor) -> None:
    holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    made = act(shop.service, "shop.pay", actor=boss)
    for revision in (made.command.revision, made.command.revision + 1, 99):
        with pytest.raises(UnknownRevision):
            undo(shop.service, revision, actor=boss)


def test_taking_back_twice_is_a_conflict(shop: Shop, boss: Actor) -> None:
    made = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    undo(shop.service, made.revision, actor=boss)
    with pytest.raises(Conflict):
        undo(shop.service, made.revision, actor=boss)


def test_a_hold_that_is_over_by_itself_needs_no_undo(shop: Shop, boss: Actor, clock: FakeClock) -> None:
    made = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill", seconds=3)
    clock.advance(4)
    with pytest.raises(Unchanged):
        undo(shop.service, made.revision, actor=boss)


def test_who_may_not_act_may_not_take_back(shop: Shop, boss: Actor) -> None:
    made = holds.trip(shop.service, "shop.pay", actor=boss, reason="drill")
    viewer = make.person("viewer")
    with pytest.raises(NotAllowed):
        undo(shop.service, made.revision, actor=Actor(viewer.username, user=viewer))
    assert [kind for kind, *_ in standing(shop)] == ["trip"]
