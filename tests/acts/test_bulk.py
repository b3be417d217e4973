"""One act on many: a parent entry with children, what is refused stops no other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from recovery import moment
from recovery.actions import bulk, holds
from recovery.actions.actor import Actor
from recovery.actions.problems import Invalid, NotAllowed
from recovery.actions.undo_many import undo_many
from recovery.models import AuditEntry, Breaker, Hold, Membership, Service
from recovery.queries.acts.many import outcomes
from recovery.queries.desired import holds_of
from tests import factories as make
from tests.acts.conftest import Shop


def keys(*names: str) -> list[int]:
    """Of these breakers; of all where none is named."""
    found = Breaker.objects.filter(name__in=names) if names else Breaker.objects.all()
    return list(found.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def five(shop: Shop) -> list[int]:
    """Of two services, in several states."""
    other = make.service("stock")
    make.breaker(shop.service, "shop.send", "OPEN", on=shop.processes)
    make.breaker(shop.service, "shop.mail", "HALF-OPEN", on=shop.processes)
    make.breaker(other, "stock.get", "OPEN", on=[make.process(other)])
    make.breaker(other, "stock.old", "")
    return keys()


def test_one_entry_with_a_child_for_each(five: list[int], boss: Actor) -> None:
    made = bulk.act_on(five, "trip", actor=boss, reason="provider down", seconds=900)
    assert (made.done, made.refused) == (5, 0)
    assert (made.entry.act, made.entry.target, made.entry.reason) == ("trip several", "5 breakers", "provider down")
    children = made.entry.children.order_by("pk")
    assert [child.act for child in children] == ["trip"] * 5
    assert {hold.ends_at for hold in Hold.objects.all()} == {moment.now() + timedelta(seconds=900)}


def test_what_needs_nothing_or_cannot_be_says_why_and_the_others_go_on(
    five: list[int], boss: Actor, shop: Shop
) -> None:
    holds.trip(shop.service, "shop.pay", actor=Actor("ana"), reason="mine")
    made = bulk.act_on([*five, 999_999], "trip", actor=boss, reason="provider down")
    assert (made.done, made.refused) == (4, 2)
    (why,) = [row.why for row in outcomes(made.entry.pk).refused]  # type: ignore[union-attr]
    assert why == "held like that already, by ana"
    assert holds_of(shop.service, "shop.pay")[0].actor == "ana"


def test_a_hold_that_comes_while_many_are_held_is_not_shortened(
    five: list[int], boss: Actor, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = bulk._standing

    def meanwhile(breakers: list[Breaker]) -> Any:
        found = looked(breakers)
        holds.trip(shop.service, "shop.pay", actor=Actor("ana"), reason="until I say so")
        return found

    monkeypatch.setattr(bulk, "_standing", meanwhile)
    made = bulk.act_on(five, "trip", actor=boss, reason="provider down", seconds=60)
    assert (made.done, made.refused) == (4, 1)
    (kept,) = holds_of(shop.service, "shop.pay")
    assert (kept.actor, kept.ends_at) == ("ana", None)


@pytest.mark.parametrize(
    ("verb", "done", "words"),
    [
        ("probe", 2, "only an open breaker probes"),
        ("reset", 4, "it is closed already"),
        ("release", 0, "nothing holds"),
    ],
)
def test_commands_go_where_they_change_something(
    five: list[int], boss: Actor, verb: str, done: int, words: str
) -> None:
    made = bulk.act_on(five, verb, actor=boss)
    assert (made.done, made.refused) == (done, 5 - done)
    refused = AuditEntry.objects.filter(parent=made.entry, refused=True)
    assert all(words in entry.after["why"] for entry in refused)


def test_a_service_that_is_not_granted_is_left_out_and_the_others_are_done(five: list[int], shop: Shop) -> None:
    user = make.person(None, "ben")
    member = Membership.objects.create(user=user, role="operator", everywhere=False)
    member.services.add(shop.service)
    made = bulk.act_on(five, "trip", actor=Actor("ben", user=user), reason="down")
    assert (made.done, made.refused) == (3, 2)
    refused = AuditEntry.objects.filter(parent=made.entry, refused=True)
    assert {entry.service.name for entry in refused} == {"stock"}
    assert all("you may not act on" in entry.after["why"] for entry in refused)
    assert not Hold.objects.filter(service__name="stock").exists()


def test_who_may_act_on_none_of_them_is_refused_as_a_whole(five: list[int]) -> None:
    viewer = make.person("viewer")
    with pytest.raises(NotAllowed):
        bulk.act_on(five, "trip", actor=Actor("eve", user=viewer), reason="down")
    assert [entry.refused for entry in AuditEntry.objects.all()] == [True]
    assert not Hold.objects.exists()


BAD: list[tuple[str, dict[str, Any]]] = [
    ("verb", {"verb": "explode"}),
    ("reason", {"reason": " "}),
    ("seconds", {"seconds": -1}),
    ("until", {"until": moment.now()}),
    ("", {"keys": []}),
    ("", {"keys": list(range(1, 502))}),
]


@pytest.mark.parametrize(("field", "wrong"), BAD)
def test_what_is_wrong_is_named_and_nothing_is_changed(
    field: str, wrong: dict[str, Any], shop: Shop, boss: Actor
) -> None:
    asked: dict[str, Any] = {"keys": [shop.breaker.pk], "verb": "trip", "reason": "down"} | wrong
    with pytest.raises(Invalid) as caught:
        bulk.act_on(asked.pop("keys"), asked.pop("verb"), actor=boss, **asked)
    assert field in caught.value.problems
    assert not AuditEntry.objects.exists()


def test_all_problems_are_said_at_once(boss: Actor, db: None) -> None:
    with pytest.raises(Invalid) as caught:
        bulk.act_on([], "trip", actor=boss, reason="", seconds=0)
    assert set(caught.value.problems) == {"", "reason", "seconds"}


def test_five_hundred_at_once(shop: Shop, boss: Actor) -> None:
    Breaker.objects.bulk_create(
        Breaker(service=shop.service, name=f"many.{number}", state="CLOSED", first_seen_at=moment.now())
        for number in range(499)
    )
    made = bulk.act_on(keys(), "trip", actor=boss, reason="everything", seconds=60)
    assert made.done == 500
    assert Service.objects.get(pk=shop.service.pk).revision == 500
    assert sorted(Hold.objects.values_list("revision", flat=True)) == list(range(1, 501))
    assert AuditEntry.objects.filter(parent=made.entry).count() == 500


def test_an_act_on_many_is_taken_back_where_nobody_acted_since(five: list[int], boss: Actor, shop: Shop) -> None:
    made = bulk.act_on(five, "trip", actor=boss, reason="down")
    holds.disable(shop.service, "shop.pay", actor=Actor("ana"), reason="mine")
    undone = undo_many(made.entry.pk, actor=boss)
    assert (undone.done, undone.refused) == (4, 1)
    assert [(hold.breaker, hold.kind) for hold in Hold.objects.in_force(moment.now())] == [("shop.pay", "disable")]
    assert undone.entry.act == "undo trip several"


def test_what_became_of_it_is_counted_by_the_database(
    five: list[int], shop: Shop, boss: Actor, django_assert_num_queries: Any
) -> None:
    """Five hundred breakers in five hundred processes are no more rows than acts; who is not concerned is none."""
    made = bulk.act_on(five, "trip", actor=boss, reason="down")
    shop.answer(1, shop.processes[0])
    shop.answer(1, *shop.processes[1:], applied=None)
    with django_assert_num_queries(3) as asked:
        found = outcomes(made.entry.pk)
    assert found is not None
    assert (found.told, found.applied) == (1, 1)
    assert "GROUP BY" in asked.captured_queries[-1]["sql"]


def test_what_became_of_it_counts_the_confirmations(shop: Shop, boss: Actor) -> None:
    made = bulk.act_on([shop.breaker.pk], "trip", actor=boss, reason="down")
    shop.send(1, shop.processes[2])
    shop.answer(1, *shop.processes[:2])
    found = outcomes(made.entry.pk)
    assert found is not None
    assert (found.told, found.applied, len(found.behind)) == (3, 2, 1)
    shop.answer(1)
    found = outcomes(made.entry.pk)
    assert found is not None
    assert (found.applied, found.behind) == (3, ())
