"""Refusals in the audit: each one, as long as it is not a flood; of a flood how many were left out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from recovery.models import AuditEntry, Throttle
from recovery.moment import now

from .actor import Actor
from .audit import record

MINUTE = timedelta(minutes=1)
MOST_A_MINUTE = 30  # of one actor


def refused(actor: Actor, act: str, *, scope: dict[str, Any] | None = None, **what: Any) -> AuditEntry | None:
    """Write a refusal; None: it was only counted. The next one that is written says how many were."""
    at = now()
    recent = AuditEntry.objects.filter(actor=actor.name[:100], refused=True, at__gt=at - MINUTE)
    key = f"refused:{actor.name}"[:80]
    if recent[:MOST_A_MINUTE].count() >= MOST_A_MINUTE:
        Throttle.objects.bulk_create([Throttle(key=key, last_at=at)], ignore_conflicts=True)
        Throttle.objects.filter(key=key).update(count=F("count") + 1, last_at=at)
        return None
    with transaction.atomic():
        found = Throttle.objects.select_for_update().filter(key=key).first()
        if found is not None:
            scope = {**(scope or {}), "left out before": found.count}
            found.delete()
        return record(actor, act, scope=scope, refused=True, **what)
