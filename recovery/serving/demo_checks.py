"""The demonstration's health checks: of what its services call, linked to the breakers that guard it.

They look at this machine, so they are made only where HEALTH_ALLOWED_NETWORKS lets checks do that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings

from recovery import health
from recovery.actions import checks
from recovery.actions.actor import Actor, machine
from recovery.actions.problems import Unchanged
from recovery.actions.services import make_service
from recovery.fleet.plan import WATCHED, Watched
from recovery.health.addresses import refused
from recovery.models import Breaker, Check, Service

ENVIRONMENT = "demo"
ACTOR: Actor = machine("recovery up --demo", "command")
HERE = "127.0.0.1"
FIELDS: dict[str, Any] = {"kind": "http", "interval": 5, "timeout": 1.0, "healthy_after": 3, "act": "reset"}
LOOK_SECONDS = 1.0  # between two looks whether the breakers are there

log = logging.getLogger("recovery.serving")


def allowed() -> bool:
    """Whether checks may look at this machine."""
    return not refused(ip_address(HERE), health.networks(settings.HEALTH_ALLOWED_NETWORKS))


async def watch(upstream: Mapping[str, int]) -> None:
    """Check each backend once its breakers are known. ``upstream``: their ports."""
    if not allowed():
        log.warning("no health checks of the demonstration's backends: they need HEALTH_ALLOWED_NETWORKS=%s", HERE)
        return
    missing = list(WATCHED)
    in_thread = database_sync_to_async(check, thread_sensitive=False)
    while missing:
        missing = [each for each in missing if not await in_thread(each, upstream[each.backend])]
        await asyncio.sleep(LOOK_SECONDS)


def check(watched: Watched, port: int) -> bool:
    """Make its check, or point the one of an earlier run at its new port; whether the breakers are there."""
    service = make_service(watched.service, ENVIRONMENT, actor=ACTOR)
    breakers = Breaker.objects.filter(service=service, name__in=watched.breakers)
    keys = list(breakers.values_list("pk", flat=True))
    if len(keys) < len(watched.breakers):
        return False
    target = f"http://{HERE}:{port}/health"
    found = Check.objects.filter(service=service, name=watched.backend).first()
    if found is None:
        checks.create(service, {"name": watched.backend, "target": target, **FIELDS}, keys, actor=ACTOR)
    else:
        _point(found, target)
    return True


def _point(found: Check, target: str) -> None:
    """All else stays as people have made it."""
    linked = list(found.breakers.values_list("pk", flat=True))
    try:
        fields = {**checks.described(found), "target": target}
        checks.edit(found.pk, fields, linked, actor=ACTOR, revision=found.revision)
        checks.set_enabled(found.pk, True, actor=ACTOR)
    except Unchanged:
        log.debug("the check of %s is on", found.name)


def rest() -> None:
    """Switch them off: without the fleet nobody answers."""
    services = Service.objects.filter(environment=ENVIRONMENT, name__in=[each.service for each in WATCHED])
    names = [each.backend for each in WATCHED]
    for found in Check.objects.filter(service__in=services, name__in=names, enabled=True):
        checks.set_enabled(found.pk, False, actor=ACTOR)
