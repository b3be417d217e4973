"""While a rollout runs, its target takes no other policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recovery.models import Rollout, Service
from recovery.models.rollouts import RUNNING

from .problems import RollingOut


def running(service: Service, kind: str, target: str) -> Rollout | None:
    """The rollout that runs on a target."""
    found = Rollout.objects.filter(service=service, kind=kind, target=target, state=RUNNING)
    return found.defer("measured").first()


def insist_nothing_rolls(service: Service, kind: str, target: str, wanted: Mapping[str, Any] | None) -> None:
    """Raise RollingOut, which names the rollout. Call it in a transaction, after the revision was taken."""
    found = running(service, kind, target)
    if found is not None:
        raise RollingOut(found.pk, found.actor, found.fields, wanted)
