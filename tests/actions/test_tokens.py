"""Services and their tokens; and the same from the command line."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from recovery.actions.problems import Invalid, NotAllowed, Unchanged
from recovery.actions.services import make_service
from recovery.actions.tokens import create_token, revoke_token
from recovery.ingest.access import Access, admit
from recovery.models import AuditEntry, Hold, Service, Token
from recovery.permissions import Role
from tests.actions.people import BOSS, person


def run(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO(), **options)
    return out.getvalue().strip()


def test_a_secret_is_told_once_and_kept_as_its_hash(service: Service) -> None:
    made = create_token(service, actor=BOSS, label="laptop")
    row = Token.objects.get()
    assert made.secret.startswith(row.prefix)
    assert made.secret not in json.dumps([str(each) for each in (row.digest, AuditEntry.objects.get().__dict__)])
    assert admit(f"Bearer {made.secret}") == admit(f"bearer  {made.secret} ".encode()) == Access(row.pk, service.pk)
    assert admit(f"Basic {made.secret}") is admit(made.secret) is admit("Bearer ") is None


def test_a_revoked_one_holds_no_more(service: Service) -> None:
    made = create_token(service, actor=BOSS)
    revoke_token(made.token, actor=BOSS, reason="leaked")
    assert made.token.revoked_at is not None
    assert admit(f"Bearer {made.secret}") is None
    with pytest.raises(Unchanged):
        revoke_token(made.token, actor=BOSS)
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == ["create token", "revoke token"]


@pytest.mark.parametrize("role", [None, Role.VIEWER, Role.OPERATOR])
def test_only_admins_make_them(role: Role | None, service: Service) -> None:
    actor = person(role)
    with pytest.raises(NotAllowed):
        create_token(service, actor=actor)
    with pytest.raises(NotAllowed):
        make_service("other", actor=actor)
    assert not Token.objects.exists()
    assert Service.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "environment"), [("", "x"), ("x" * 201, "x"), ("x", "y" * 51), ("a\nb", "x"), ("x", " ")]
)
def test_names_are_checked(name: str, environment: str, transactional_db: None) -> None:
    with pytest.raises(Invalid):
        make_service(name, environment, actor=BOSS)


def test_making_a_service_twice_makes_one(transactional_db: None) -> None:
    assert make_service("shop", actor=BOSS) == make_service(" shop ", actor=BOSS)
    assert make_service("shop", "staging", actor=BOSS).environment == "staging"
    assert AuditEntry.objects.count() == 2


def test_tokens_from_the_command_line(transactional_db: None) -> None:
    secret = run("token", "create", "shop", environment="staging", label="ci")
    assert admit(f"Bearer {secret}") is not None
    assert "shop · staging  never used  ci" in run("token", "list")
    run("token", "create", "shop", environment="staging")
    with pytest.raises(CommandError, match="2 tokens"):
        run("token", "revoke", "shop", environment="staging")
    assert "holds no more" in run("token", "revoke", "shop", environment="staging", prefix=secret[:10])
    assert admit(f"Bearer {secret}") is None
    for words in (("token", "create"), ("token", "revoke", "nobody"), ("token", "list", "nobody")):
        with pytest.raises(CommandError):
            run(*words)


def test_breakers_from_the_command_line(service: Service) -> None:
    assert run("breakers", "list") == "CLOSED        shop · production  bank"
    assert run(
        "breakers", "trip", "shop", "bank", "--reason", "down", "--for", "60", "--scope", "host=web-1,web-2"
    ).endswith("revision 1")
    assert Hold.objects.get().scope == {"kind": "host", "values": ["web-1", "web-2"]}
    assert run("breakers", "list").endswith("held")
    assert run("breakers", "release", "shop", "bank").endswith("revision 2")
    assert run("breakers", "reset", "shop", "bank").endswith("revision 3")
    assert run("breakers", "probe", "shop", "bank").endswith("revision 4")
    assert run("breakers", "disable", "shop", "bank", "--reason", "x", "--until", "2000-01-02T00:00+00:00").endswith(
        "revision 5"
    )
    assert run("breakers", "observe", "shop", "bank", "--reason", "x").endswith("revision 6")
    assert set(AuditEntry.objects.values_list("origin", flat=True)) == {"command"}
    for words in (
        ("breakers", "trip", "shop"),
        ("breakers", "trip", "shop", "bank"),
        ("breakers", "trip", "shop", "mail", "--reason", "x"),
        ("breakers", "trip", "shop", "bank", "--reason", "x", "--for", "-1"),
        ("breakers", "trip", "shop", "bank", "--reason", "x", "--until", "2000-01-02T00:00"),
        ("breakers", "trip", "shop", "bank", "--reason", "x", "--scope", "galaxy=1"),
        ("breakers", "reset", "shop", "bank", "--for", "5"),
        ("breakers", "list", "nobody"),
        ("breakers", "explode"),
    ):
        with pytest.raises(CommandError):
            run(*words)


def test_policies_from_the_command_line(service: Service) -> None:
    assert run("policy", "set", "shop", "bank", "failure_threshold=3", "window=time", "--reason", "x").endswith(
        "revision 1"
    )
    shown = json.loads(run("policy", "show", "shop", "bank"))
    assert (shown["policy"], shown["revision"]) == ({"failure_threshold": 3, "window": "time"}, 1)
    assert run("policy", "lift", "shop", "bank", "--reason", "x").endswith("revision 2")
    assert run("policy", "set", "shop", "fetch", "max_attempts=9", "--operation", "--reason", "x").endswith(
        "revision 3"
    )
    with pytest.raises(CommandError, match="changed it meanwhile"):
        run("policy", "set", "shop", "bank", "failure_threshold=4", "--base", "1", "--reason", "x")
    for fields in (["failure_threshold=0"], ["nonsense"], []):
        with pytest.raises(CommandError):
            run("policy", "set", "shop", "bank", *fields, "--reason", "x")
