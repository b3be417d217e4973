"""Runs health checks: claims those that are due, looks at their targets side by side, hands the results on."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from channels.db import database_sync_to_async
from django.conf import settings

from recovery import health, moment
from recovery.actions.recovery import settle
from recovery.models import Check, Job

from .claims import identity
from .jobs import free

AT_ONCE = 20
GRACE = 15.0  # s beside the time-out, for the result to be kept

log = logging.getLogger("recovery.worker")


@dataclass(frozen=True)
class Claimed:
    """One run of a check."""

    check: int
    run: UUID
    kind: str
    target: str
    timeout: float


def claim_due(at: datetime, most: int) -> list[Claimed]:
    """Take checks that are due and free, longest due first; each by a conditional UPDATE of its own."""
    due = Check.objects.filter(free(at), enabled=True, next_run_at__lte=at).order_by("next_run_at")
    found = []
    lag = 0.0
    for check in due[:most]:
        run = uuid4()
        until = at + timedelta(seconds=check.timeout + GRACE)
        mine = Check.objects.filter(free(at), pk=check.pk, enabled=True, revision=check.revision, next_run_at__lte=at)
        if mine.update(run=run, owner=identity(), lease_until=until):
            found.append(Claimed(check.pk, run, check.kind, check.target, check.timeout))
            lag = max(lag, (at - check.next_run_at).total_seconds())
    if found:
        lag_ms = min(2**31 - 1, round(lag * 1000))
        Job.objects.filter(pk="checks").update(started_at=at, finished_at=at, due_at=at, lag_ms=lag_ms, failures=0)
    return found


def allowed() -> health.Networks:
    """Networks beside the public ones that checks may reach."""
    return health.networks(getattr(settings, "HEALTH_ALLOWED_NETWORKS", ()))


class Checking:
    """The runs of this process; at most so many at once."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.at_once = at_once
        self.running: set[asyncio.Task[None]] = set()
        self._looking = asyncio.Lock()
        self._left = False  # there may be more that is due than there was room for

    async def look(self) -> None:
        """Start what is due and fits."""
        async with self._looking:
            room = self.at_once - len(self.running)
            claims = await _claim_due(moment.now(), room) if room > 0 else []
            self._left = len(claims) >= room  # whoever ends, looks again; another worker may be quicker
            for claimed in claims:
                task = asyncio.create_task(self._run(claimed), name=f"check {claimed.check}")
                self.running.add(task)
                task.add_done_callback(self.running.discard)

    async def stop(self) -> None:
        """End the runs; their leases run out, and somebody else runs them again."""
        tasks = list(self.running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, claimed: Claimed) -> None:
        try:
            result = await health.probe(claimed.kind, claimed.target, within=claimed.timeout, allowed=allowed())
            acted = await _settle(claimed.check, claimed.run, result, moment.now())
        except Exception:
            log.exception("a check could not be run", extra={"check": claimed.check})
            await _postpone(claimed)
            return
        if acted:
            log.info("recovery acted on %s", ", ".join(acted), extra={"check": claimed.check})
        if self._left:
            self.running.discard(asyncio.current_task())
            await self.look()


def _later(claimed: Claimed) -> None:
    """Whatever went wrong: not again at once."""
    at = moment.now()
    mine = Check.objects.filter(pk=claimed.check, run=claimed.run)
    mine.update(run=None, owner="", lease_until=None, next_run_at=at + timedelta(seconds=60))


async def _postpone(claimed: Claimed) -> None:
    try:
        await database_sync_to_async(_later, thread_sensitive=False)(claimed)
    except Exception:
        log.exception("a check waits for the end of its lease", extra={"check": claimed.check})


_claim_due = database_sync_to_async(claim_due, thread_sensitive=False)
_settle = database_sync_to_async(settle, thread_sensitive=False)
