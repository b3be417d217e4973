"""The demonstration fleet as a service of `up --demo`: real processes, each with a token of its own."""

from __future__ import annotations

import asyncio
import logging

from channels.db import database_sync_to_async

from recovery.actions.actor import machine
from recovery.actions.problems import Unchanged
from recovery.actions.services import make_service
from recovery.actions.tokens import create_token, revoke_token
from recovery.fleet.plan import SERVICES
from recovery.fleet.supervisor import Fleet
from recovery.models import Token

from . import demo_checks
from .services import Options

LABEL = "demonstration"

log = logging.getLogger("recovery.serving")


async def run(options: Options) -> None:
    """Start the fleet once its services have tokens; end it, and the tokens, when cancelled."""
    fleet = Fleet(options.url, await database_sync_to_async(_tokens, thread_sensitive=False)())
    log.info("the demonstration fleet starts, with outages of seed %s", fleet.seed)
    await fleet.start()
    try:
        await demo_checks.watch(fleet.upstream)
        await asyncio.Event().wait()
    finally:
        await asyncio.shield(_end(fleet))


async def _end(fleet: Fleet) -> None:
    await asyncio.gather(fleet.stop(), database_sync_to_async(demo_checks.rest, thread_sensitive=False)())


def _tokens() -> dict[str, str]:
    """A fresh token for each service; those of an earlier run hold no more."""
    actor = machine("recovery up --demo", "command")
    for old in Token.objects.filter(label=LABEL, revoked_at=None).select_related("service"):
        try:
            revoke_token(old, actor=actor, reason="a new demonstration")
        except Unchanged:
            continue
    return {
        name: create_token(make_service(name, "demo", actor=actor), actor=actor, label=LABEL).secret
        for name in SERVICES
    }
