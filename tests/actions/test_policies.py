"""Policies: checked against the engine's ranges, under one lock, never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from recovery.actions import policies
from recovery.actions.problems import (
    Conflict,
    Invalid,
    NotAllowed,
    Unchanged,
    UnknownBreaker,
    UnknownOperation,
)
from recovery.models import AuditEntry, Breaker, Policy, Service
from recovery.permissions import Role
from tests.actions.people import BOSS, person


def publish(
    service: Service, fields: Any, base: int = 0, *, kind: str = "breaker", target: str = "bank", actor: Any = BOSS
) -> Policy:
    return policies.publish(service, kind, target, fields, actor=actor, base=base, reason="why")


def test_it_is_kept_as_the_engine_reads_it(service: Service) -> None:
    made = publish(service, {"reset_timeout": 30, "failure_threshold": None})
    assert made.fields == {"failure_threshold": None, "recovery_timeout": 30.0}
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.before, entry.after, entry.reason) == ("publish policy", None, made.fields, "why")
    retry = publish(service, {"max_attempts": 5, "reason_factors": {"timeout": 2.0}}, kind="operation", target="fetch")
    assert retry.fields == {"max_attempts": 5, "reason_factors": {"timeout": 2.0}}
    assert (made.revision, retry.revision) == (1, 2)


BAD: list[tuple[str, dict[str, Any]]] = [
    ("failure_threshold", {"failure_threshold": 0}),
    ("failure_threshold", {"failure_threshold": 2.5}),
    ("failure_rate", {"failure_rate": 101}),
    ("recovery_timeout", {"recovery_timeout": float("inf")}),
    ("recovery_timeout", {"recovery_timeout": "60"}),
    ("window", {"window": "sliding"}),
    ("colour", {"colour": "red"}),
    ("locked", {"locked": True}),
    ("", {}),
]


@pytest.mark.parametrize(("field", "fields"), BAD)
def test_every_bad_field_is_named(field: str, fields: dict[str, Any], service: Service) -> None:
    with pytest.raises(Invalid) as caught:
        publish(service, fields)
    assert field in caught.value.problems
    assert not Policy.objects.exists()


def test_all_problems_come_at_once(service: Service) -> None:
    with pytest.raises(Invalid) as caught:
        publish(service, {"failure_threshold": 0, "colour": 1, "recovery_timeout": -1})
    assert caught.value.problems.keys() == {"failure_threshold", "colour", "recovery_timeout"}


def test_what_is_legal_alone_must_be_legal_with_the_code(service: Service) -> None:
    with pytest.raises(Invalid, match="max_delay must be >= base_delay"):
        publish(service, {"base_delay": 400.0}, kind="operation", target="fetch")


def test_what_is_locked_in_code_takes_none(service: Service) -> None:
    Breaker.objects.update(locked=True)
    with pytest.raises(Invalid, match="locked in code"):
        publish(service, {"failure_threshold": 3})


def test_a_stale_edit_is_a_conflict_with_both_sides(service: Service) -> None:
    first = publish(service, {"failure_threshold": 3, "recovery_timeout": 30})
    publish(service, {"failure_threshold": 4}, first.revision)
    with pytest.raises(Conflict) as caught:
        publish(service, {"failure_threshold": 3, "window_size": 9}, first.revision)
    problem = caught.value
    assert (problem.revision, problem.actor) == (2, "boss")
    assert problem.diff == {"failure_threshold": (4, 3), "window_size": (None, 9)}
    with pytest.raises(Conflict):
        publish(service, {"failure_threshold": 3}, 0)
    service.refresh_from_db()
    assert service.revision == Policy.objects.count() == 2


def test_an_edit_of_what_never_was_is_a_conflict(service: Service) -> None:
    with pytest.raises(Conflict) as caught:
        publish(service, {"failure_threshold": 3}, 17)
    assert caught.value.present is None


def test_publishing_what_is_so_already_changes_nothing(service: Service) -> None:
    first = publish(service, {"failure_threshold": 3})
    with pytest.raises(Unchanged):
        publish(service, {"failure_threshold": 3}, first.revision)
    with pytest.raises(Unchanged):
        publish(service, None, kind="operation", target="fetch")
    assert Policy.objects.count() == 1


def test_returning_to_the_code_and_rolling_back_are_ordinary_changes(service: Service) -> None:
    first = publish(service, {"failure_threshold": 3})
    lifted = publish(service, None, first.revision)
    assert lifted.fields is None
    again = publish(service, first.fields, lifted.revision)
    assert again.fields == first.fields
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == [
        "publish policy",
        "return to code",
        "publish policy",
    ]


def test_of_two_at_once_one_succeeds(service: Service) -> None:
    def try_it(number: int) -> str:
        try:
            publish(service, {"failure_threshold": number + 1})
        except Conflict:
            return "conflict"
        finally:
            connection.close()
        return "published"

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(try_it, range(4)))
    assert found == ["conflict", "conflict", "conflict", "published"]
    assert Policy.objects.count() == 1


def test_targets_must_exist(service: Service) -> None:
    with pytest.raises(UnknownBreaker):
        publish(service, {"failure_threshold": 3}, target="fetch")
    with pytest.raises(UnknownOperation):
        publish(service, {"max_attempts": 3}, kind="operation", target="bank")
    with pytest.raises(Invalid):
        publish(service, {"max_attempts": 3}, kind="galaxy")


def test_a_viewer_may_not(service: Service) -> None:
    with pytest.raises(NotAllowed):
        publish(service, {"failure_threshold": 3}, actor=person(Role.VIEWER))
    assert AuditEntry.objects.get().refused
