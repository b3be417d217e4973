"""Something real behind every address, and for every view that changes something a form that it would take.

A new view that changes something must be added to FORMS: until then tests/security fails for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.urls import reverse

from recovery import moment
from recovery.actions import bulk, holds, people, policies, rollouts, services, tokens
from recovery.actions import checks as check_acts
from recovery.actions.actor import machine
from recovery.models import AuditEntry, Breaker, Check, OneTimeLink, Operation, Service, Throttle
from recovery.permissions import Role
from tests import factories as make

NAME = "some.name"
BOSS = machine("the world", "command")
CHECK = {
    "name": "upstream",
    "kind": "http",
    "target": "https://example.org/health",
    "interval": 30,
    "timeout": 5,
    "healthy_after": 3,
    "act": "reset",
}
# What changes by the mere passing of requests.
APART = (AuditEntry, Throttle, Session)


@dataclass
class World:
    """A service with all that belongs to one, and another that has nothing to do with it."""

    service: Service
    other: Service
    breaker: Breaker
    victim: User


@dataclass(frozen=True)
class Form:
    """How to reach a view, and what it would take."""

    address: str
    data: dict[str, Any] = field(default_factory=dict)


def build() -> World:
    """All of it."""
    service = make.service(NAME, NAME)
    process = make.process(service, "web-1")
    breaker = make.breaker(service, NAME, "OPEN", on=[process])
    Operation.objects.create(service=service, name=NAME, first_seen_at=moment.now(), code_config={})
    return World(service, make.service("other"), breaker, make.person("viewer", "victim"))


def of_breaker(name: str, **more: Any) -> str:
    """The address of an act on the breaker."""
    return reverse(name, kwargs={"service": NAME, "environment": NAME, "breaker": NAME, **more})


def of_policy(name: str) -> str:
    """The address of something about its policy."""
    return reverse(name, kwargs={"service": NAME, "environment": NAME, "kind": "breaker", "name": NAME})


def tripped(world: World) -> int:
    """The revision of a hold."""
    return holds.trip(world.service, NAME, actor=BOSS, reason="why").revision


def published(world: World) -> int:
    """The revision of a policy."""
    fields = {"failure_threshold": 7}
    return policies.publish(world.service, "breaker", NAME, fields, actor=BOSS, base=0, reason="why").revision


def rolling(world: World) -> int:
    """The key of a rollout that runs."""
    fields = {"failure_threshold": 9}
    return rollouts.begin(world.service, "breaker", NAME, fields, actor=BOSS, base=0, reason="why").pk


def check(world: World) -> Check:
    """A check."""
    return check_acts.create(world.service, CHECK, actor=BOSS)


def link(world: World) -> int:
    """The key of an open invitation."""
    people.make_link(actor=BOSS, role=Role.VIEWER)
    return OneTimeLink.objects.get().pk


def asleep(world: World) -> int:
    """The key of somebody who is deactivated."""
    User.objects.filter(pk=world.victim.pk).update(is_active=False)
    return world.victim.pk


def _release(world: World) -> Form:
    tripped(world)
    return Form(of_breaker("release"), {"sure": "yes"})


def _many_undo(world: World) -> Form:
    done = bulk.act_on([world.breaker.pk], "trip", actor=BOSS, reason="why")
    return Form(reverse("many-undo", args=[done.entry.pk]))


def _edit_check(world: World) -> Form:
    its = check(world)
    return Form(reverse("edit-check", args=[its.pk]), CHECK | {"interval": 60, "revision": its.revision})


def _run_check(world: World) -> Form:
    its = check(world)
    Check.objects.filter(pk=its.pk).update(next_run_at=moment.now() + timedelta(hours=1))
    return Form(reverse("run-check", args=[its.pk]))


def _revoke(world: World) -> Form:
    made = tokens.create_token(services.find_service(NAME, NAME), actor=BOSS)
    return Form(reverse("revoke-token", args=[made.token.pk]))


HOLD = {"kind": "trip", "scope": "all", "end": "15", "reason": "why"}
RIGHTS = {"role": "operator", "everywhere": "yes", "base": 1}

FORMS: dict[str, Callable[[World], Form]] = {
    "hold": lambda world: Form(of_breaker("hold"), HOLD),
    "release": _release,
    "reset": lambda world: Form(of_breaker("reset"), {"sure": "yes"}),
    "probe": lambda world: Form(of_breaker("probe"), {"sure": "yes"}),
    "undo": lambda world: Form(of_breaker("undo", revision=tripped(world))),
    "many": lambda world: Form(reverse("many"), HOLD | {"verb": "trip", "ids": str(world.breaker.pk)}),
    "many-undo": _many_undo,
    "edit-policy": lambda world: Form(
        of_policy("edit-policy"), {"do": "publish", "base": 0, "failure_threshold": 3, "reason": "why"}
    ),
    "lift-policy": lambda world: Form(of_policy("lift-policy"), {"base": published(world), "reason": "why"}),
    "go-on-with-rollout": lambda world: Form(reverse("go-on-with-rollout", args=[rolling(world)]), {"stage": 0}),
    "stop-rollout": lambda world: Form(reverse("stop-rollout", args=[rolling(world)]), {"reason": "why"}),
    "add-check": lambda world: Form(f"{reverse('add-check')}?service={world.service.pk}", CHECK),
    "edit-check": _edit_check,
    "delete-check": lambda world: Form(reverse("delete-check", args=[check(world).pk])),
    "switch-check": lambda world: Form(reverse("switch-check", args=[check(world).pk]), {"on": "no"}),
    "run-check": _run_check,
    "add-service": lambda world: Form(reverse("add-service"), {"name": "new", "environment": "production"}),
    "revoke-token": _revoke,
    "new-token": lambda world: Form(reverse("new-token", args=[NAME, NAME]), {"label": "more"}),
    "invite": lambda world: Form(reverse("invite"), RIGHTS | {"note": "Olga"}),
    "withdraw-link": lambda world: Form(reverse("withdraw-link", args=[link(world)])),
    "person": lambda world: Form(reverse("person", args=[world.victim.pk]), RIGHTS),
    "deactivate": lambda world: Form(reverse("deactivate", args=[world.victim.pk])),
    "activate": lambda world: Form(reverse("activate", args=[asleep(world)])),
    "password-link": lambda world: Form(reverse("password-link", args=[world.victim.pk])),
}


def state() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the console and Django keep, but what changes by asking alone."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model in APART:
            continue
        names = [each.attname for each in model._meta.concrete_fields if each.name != "last_login"]
        found[model.__name__] = sorted(map(repr, model.objects.values_list(*names)))
    return found
