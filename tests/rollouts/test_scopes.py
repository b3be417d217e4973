"""Whatever is published to whom in whatever order: each process is told the newest that means it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from recovery.ingest.desired_state import desired_of, steps_after
from recovery.ingest.jobs import Peer
from recovery.models import Policy, Service
from recovery.models.desired import fits
from recovery.models.shares import falls_in, place

AT = datetime(2026, 1, 1, tzinfo=UTC)
UIDS = [f"web-{number}" for number in range(8)]
HOSTS, VERSIONS = ("a", "b"), ("1", "2")

scopes = st.one_of(
    st.just({}),
    st.builds(lambda uid: {"kind": "process", "values": [uid]}, st.sampled_from(UIDS)),
    st.builds(lambda host: {"kind": "host", "values": [host]}, st.sampled_from(HOSTS)),
    st.builds(lambda version: {"kind": "version", "values": [version]}, st.sampled_from(VERSIONS)),
    st.builds(lambda part, salt: {"kind": "share", "values": [str(part), salt]}, st.integers(0, 100), st.text("xy")),
)
fields = st.one_of(st.none(), st.builds(lambda number: {"failure_threshold": number}, st.integers(1, 9)))
published = st.tuples(st.sampled_from(["bank", "mail"]), fields, scopes)
# In any order: a policy is published, a process arrives, a process leaves.
histories = st.lists(st.one_of(published, st.sampled_from(UIDS)), max_size=30)


class Linked:
    """A process that obeys as the client does: the whole at hello, then one directive after another."""

    def __init__(self, service: int, uid: str) -> None:
        number = UIDS.index(uid)
        self.who = {"uid": uid, "host": HOSTS[number % 2], "version": VERSIONS[number // 4]}
        self.peer = Peer(service, number, 0, **self.who)
        told = desired_of(service, now=AT, **self.who)
        self.revision = told.revision
        self.runs: dict[str, Any] = {policy.name: policy.fields for policy in told.policies}

    def follow(self) -> None:
        """Take what is new."""
        steps, self.revision = steps_after(self.peer.service, self.revision, AT)
        for step in steps:
            act = step.directive.do
            if not step.means(self.peer):
                continue
            if act.fields is None:
                self.runs.pop(act.name, None)
            else:
                self.runs[act.name] = act.fields


def _publish(service: Service, revision: int, target: str, wanted: Any, scope: dict[str, Any]) -> None:
    said = {"reason": "why", "actor": "boss", "created_at": AT}
    Policy.objects.create(
        service=service, kind="breaker", target=target, fields=wanted, scope=scope, revision=revision, **said
    )
    Service.objects.filter(pk=service.pk).update(revision=revision)


def _wanted(history: list[Any], who: dict[str, str]) -> dict[str, Any]:
    """The model: the newest row that fits, by target."""
    found: dict[str, Any] = {}
    for each in history:
        if not isinstance(each, str) and fits(each[2], **who):
            found[each[0]] = each[1]
    return {target: wanted for target, wanted in found.items() if wanted is not None}


@pytest.mark.django_db(transaction=True)
@settings(max_examples=60)
@given(histories)
def test_each_linked_process_runs_the_newest_that_means_it(history: list[Any]) -> None:
    with transaction.atomic():
        service = Service.objects.create(name="shop", created_at=AT)
        linked: dict[str, Linked] = {}
        done: list[Any] = []
        for revision, each in enumerate(history, 1):
            done.append(each)
            if isinstance(each, str):
                if linked.pop(each, None) is None:
                    linked[each] = Linked(service.pk, each)
                continue
            _publish(service, revision, *each)
            for process in linked.values():
                process.follow()
        for process in linked.values():
            assert process.runs == _wanted(done, process.who)
            assert Linked(service.pk, process.who["uid"]).runs == process.runs
        transaction.set_rollback(True)


@given(st.text(min_size=1, max_size=40), st.text("xyz", max_size=3), st.integers(0, 100), st.integers(0, 100))
def test_a_wider_share_holds_the_narrower(uid: str, salt: str, one: int, other: int) -> None:
    narrow, wide = sorted((one, other))
    assert falls_in([str(wide), salt], uid) or not falls_in([str(narrow), salt], uid)
    assert not falls_in(["0"], uid)
    assert falls_in(["100", salt], uid)


def test_a_share_means_about_so_many() -> None:
    meant = sum(place(f"web-{number}-4711-1700000000", "k") < 10 for number in range(5_000))
    assert 420 < meant < 580


@pytest.mark.django_db
def test_in_reach_is_the_last_word_for_all_and_what_is_newer() -> None:
    service = Service.objects.create(name="shop", created_at=AT)
    one = {"kind": "process", "values": ["web-1"]}
    rows = [("bank", {}), ("bank", one), ("mail", one), ("bank", {}), ("bank", one), ("mail", {})]
    for revision, (target, scope) in enumerate(rows, 1):
        _publish(service, revision, target, {"failure_threshold": revision}, scope)
    assert sorted(Policy.objects.in_reach().values_list("revision", flat=True)) == [4, 5, 6]
    assert sorted(Policy.objects.newest().values_list("revision", flat=True)) == [4, 6]
