"""Checks and breakers for tests of the worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from recovery.health import ProbeResult
from recovery.models import Breaker, Check, Service
from recovery.moment import now

GOOD = ProbeResult(healthy=True, text="200 OK", latency_ms=12.5)
BAD = ProbeResult(healthy=False, text="connection refused")
S = timedelta(seconds=1)


def service(name: str = "shop") -> Service:
    """A service."""
    return Service.objects.create(name=name, created_at=now())


def breaker(of: Service, name: str = "pay", state: str = "OPEN", since: datetime | None = None) -> Breaker:
    """A breaker, open since now."""
    return Breaker.objects.create(service=of, name=name, state=state, since=since or now(), first_seen_at=now())


def check(of: Service, *breakers: Breaker, **fields: Any) -> Check:
    """A check that is due now."""
    given = {"name": f"c{uuid4().hex[:6]}", "target": "http://127.0.0.1:9/", "created_at": now(), "next_run_at": now()}
    made = Check.objects.create(service=of, **{**given, **fields})
    made.breakers.set(breakers)
    return made


def claimed(row: Check) -> Any:
    """Claim a check by hand; the run."""
    row.refresh_from_db()
    row.run = uuid4()
    row.save(update_fields=["run"])
    return row.run
