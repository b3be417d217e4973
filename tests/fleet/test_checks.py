"""The demonstration's checks: made where the console may look at this machine, pointed at new ports, ended with it."""

from __future__ import annotations

import logging

import pytest
from django.conf import LazySettings

from recovery.actions import checks
from recovery.actions.services import make_service
from recovery.fleet.plan import BACKENDS, FLEET, WATCHED
from recovery.models import AuditEntry, Breaker, Check
from recovery.moment import now
from recovery.serving import demo_checks

PROVIDER = next(each for each in WATCHED if each.backend == "provider")


def known(*names: str) -> None:
    """These breakers have been declared."""
    service = make_service(PROVIDER.service, demo_checks.ENVIRONMENT, actor=demo_checks.ACTOR)
    Breaker.objects.bulk_create([Breaker(service=service, name=name, first_seen_at=now()) for name in names])


def test_each_watches_a_backend_for_a_service_of_the_fleet() -> None:
    assert {each.backend for each in WATCHED} <= set(BACKENDS)
    assert {each.service for each in WATCHED} <= {service.name for service in FLEET}


@pytest.mark.django_db
def test_it_is_made_once_the_breakers_are_there() -> None:
    known(PROVIDER.breakers[0])
    assert not demo_checks.check(PROVIDER, 4711)
    known(*PROVIDER.breakers[1:])
    assert demo_checks.check(PROVIDER, 4711)
    made = Check.objects.get()
    assert (made.name, made.target, made.enabled) == ("provider", "http://127.0.0.1:4711/health", True)
    assert set(made.breakers.values_list("name", flat=True)) == set(PROVIDER.breakers)
    assert AuditEntry.objects.get(act="create check").actor == "recovery up --demo"


@pytest.mark.django_db
def test_the_next_run_points_it_at_the_new_port_and_leaves_the_rest_as_people_made_it() -> None:
    known(*PROVIDER.breakers)
    demo_checks.check(PROVIDER, 4711)
    made = Check.objects.get()
    fields = checks.described(made) | {"interval": 77}
    checks.edit(made.pk, fields, [made.breakers.first().pk], actor=demo_checks.ACTOR, revision=made.revision)
    demo_checks.rest()
    assert not Check.objects.get().enabled
    for _ in range(2):
        assert demo_checks.check(PROVIDER, 4712)
        made = Check.objects.get()
        assert (made.target, made.interval, made.enabled) == ("http://127.0.0.1:4712/health", 77, True)
        assert made.breakers.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("networks", [[], ["10.0.0.0/8"]])
async def test_where_checks_may_not_look_at_this_machine_there_is_none(
    networks: list[str], settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.HEALTH_ALLOWED_NETWORKS = networks
    caplog.set_level(logging.WARNING, "recovery.serving")
    await demo_checks.watch({})
    assert "HEALTH_ALLOWED_NETWORKS=127.0.0.1" in caplog.text
    settings.HEALTH_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    assert demo_checks.allowed()
