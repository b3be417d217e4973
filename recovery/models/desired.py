"""What a service is wanted to do: holds, policies and commands, immutable, under one revision per service."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from .fields import NAME, TEXT, NameField
from .processes import Process
from .services import Service
from .shares import SHARE, falls_in

RELEASE = "release"


def fits(scope: Mapping[str, Any], *, uid: str, host: str, version: str) -> bool:
    """Whether a scope ({} means all; else a kind and its values) means this process."""
    if not scope or scope.get("kind", "all") == "all":
        return True
    if scope["kind"] == SHARE:
        return falls_in(scope["values"], uid)
    own = {"process": uid, "host": host, "version": version}
    return own.get(scope["kind"], "") in scope.get("values", ())


class HoldQuerySet(models.QuerySet["Hold"]):
    """The holds that count."""

    def standing(self, at: datetime) -> HoldQuerySet:
        """Not ended: holds, and releases that make an exception from a wider one."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at), ended_at=None)

    def in_force(self, at: datetime) -> HoldQuerySet:
        """Holds only."""
        return self.standing(at).exclude(kind=RELEASE)

    def due(self, at: datetime) -> HoldQuerySet:
        """Over by their own end, which is not recorded yet."""
        return self.filter(ended_at=None, ends_at__lte=at)


class PolicyQuerySet(models.QuerySet["Policy"]):
    """The policies that count."""

    def for_all(self) -> PolicyQuerySet:
        """Those of all processes: the newest of a target is in force wherever no newer one means a process."""
        return self.filter(scope={})

    def newest(self) -> PolicyQuerySet:
        """The last word for all on each target of one service; its fields may be None: the code's own."""
        last = self.for_all().order_by().values("service", "kind", "target").annotate(last=Max("revision"))
        return self.filter(revision__in=last.values("last"))

    def in_reach(self) -> PolicyQuerySet:
        """Those that may be in force somewhere: the last word for all on each target, and what is newer."""
        same = {name: OuterRef(name) for name in ("service", "kind", "target")}
        wide = self.model._default_manager.filter(scope={}, **same).order_by("-revision").values("revision")[:1]
        return self.filter(revision__gte=Coalesce(Subquery(wide), 0))


class Hold(models.Model):
    """An operator's hold of a breaker, or its release. The newest row of a (breaker, scope) is in force."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="holds")
    breaker = NameField()
    kind = models.CharField(max_length=12)  # trip, disable, observe, release
    scope = models.JSONField(default=dict, blank=True)  # {}: all; or version, host, process
    reason = models.CharField(max_length=TEXT, blank=True)
    actor = models.CharField(max_length=100)
    revision = models.BigIntegerField()
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # released, replaced or over: recorded once

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["service", "revision"], name="hold_revision_once")]
        indexes = [
            models.Index(fields=["service", "breaker"], name="hold_breaker"),
            models.Index(fields=["ended_at", "ends_at"], name="hold_due"),
        ]

    def __str__(self) -> str:
        """``kind of breaker``."""
        return f"{self.kind} of {self.breaker}"


def in_force(policies: Iterable[Policy], *, uid: str, host: str, version: str) -> dict[tuple[str, str], Policy]:
    """Of policies in the order of their revisions those in force in one process, by (kind, target)."""
    return {(row.kind, row.target): row for row in policies if fits(row.scope, uid=uid, host=host, version=version)}


class Policy(models.Model):
    """Fields put over the code's own config; ``fields`` None returns to it.

    Of a target's rows whose scope means a process, the newest is in force there: a rollout publishes ever wider scopes.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="policies")
    kind = models.CharField(max_length=12)  # breaker, operation
    target = NameField()
    fields = models.JSONField(null=True, blank=True)
    scope = models.JSONField(default=dict, blank=True)  # {}: all; or as of a hold, or a share of the processes
    rollout = models.ForeignKey(
        "recovery.Rollout", on_delete=models.SET_NULL, null=True, blank=True, related_name="policies"
    )
    reason = models.CharField(max_length=TEXT)
    actor = models.CharField(max_length=100)
    revision = models.BigIntegerField()
    created_at = models.DateTimeField()

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["service", "revision"], name="policy_revision_once")]
        indexes = [models.Index(fields=["service", "kind", "target", "revision"], name="policy_target")]

    def __str__(self) -> str:
        """``policy of target``."""
        return f"policy of {self.target}"


class Command(models.Model):
    """Something to be done once before ``expires_at`` by whoever is linked: reset, probe, restart, run check …"""

    id = models.UUIDField(primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="commands")
    verb = models.CharField(max_length=12)
    target = models.CharField(max_length=NAME, blank=True)
    scope = models.JSONField(default=dict, blank=True)
    arguments = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=TEXT, blank=True)
    actor = models.CharField(max_length=100)
    revision = models.BigIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-revision"]
        constraints = [models.UniqueConstraint(fields=["service", "revision"], name="command_revision_once")]
        indexes = [models.Index(fields=["service", "expires_at"], name="command_due")]

    def __str__(self) -> str:
        """``verb target``."""
        return f"{self.verb} {self.target}"


class Confirmation(models.Model):
    """What a process said of one revision: applied, or refused and why."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="confirmations")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    revision = models.BigIntegerField()
    sent_at = models.DateTimeField(null=True, blank=True)
    applied = models.BooleanField(null=True)  # None: sent, nothing heard yet
    why = models.CharField(max_length=TEXT, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "revision"], name="confirmation_once")]
        indexes = [models.Index(fields=["service", "revision"], name="confirmation_revision")]

    def __str__(self) -> str:
        """``process: revision``."""
        return f"{self.process_id}: {self.revision}"
