"""Breakers and retried operations of a service, and how each stands in each process now."""

from __future__ import annotations

from django.db import models

from .fields import TEXT, NameField, StateField
from .processes import Process
from .services import Service

# What counts most where processes differ; the client orders breakers of one name in the same way.
WORST_FIRST = ("FORCED-OPEN", "OPEN", "HALF-OPEN", "METRICS-ONLY", "DISABLED", "CLOSED")


class Breaker(models.Model):
    """A breaker by (service, name), with the worst state of its processes. Written on change only."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="breakers")
    name = NameField()
    state = StateField()
    since = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=TEXT, blank=True)
    last_failure_type = models.CharField(max_length=200, blank=True)
    last_failure_text = models.CharField(max_length=TEXT, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    code_config = models.JSONField(default=dict, blank=True)
    locked = models.BooleanField(default=False)
    doubled = models.BooleanField(default=False)  # one name twice in a process
    first_seen_at = models.DateTimeField()
    revision = models.BigIntegerField(default=0)  # of this row, for live updates

    class Meta:
        ordering = ["service", "name"]
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="breaker_once")]
        indexes = [
            models.Index(fields=["state"], name="breaker_state"),
            models.Index(fields=["service", "state"], name="breaker_service_state"),  # counts of it read nothing else
        ]

    def __str__(self) -> str:
        """The name."""
        return self.name


class BreakerNow(models.Model):
    """How a breaker stands in one process."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="breakers_now")
    breaker = models.ForeignKey(Breaker, on_delete=models.CASCADE, related_name="now")
    state = StateField()
    since = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=TEXT, blank=True)
    sequence = models.BigIntegerField(default=0)  # the breaker's own, in that process
    probe_at = models.DateTimeField(null=True, blank=True)  # OPEN: when a call may be let in
    hold = models.JSONField(null=True, blank=True)
    config = models.JSONField(default=dict, blank=True)  # in force there
    config_source = models.CharField(max_length=20, blank=True)
    policy_revision = models.BigIntegerField(null=True, blank=True)
    labels = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "breaker"], name="breaker_now_once")]

    def __str__(self) -> str:
        """``breaker in process: state``."""
        return f"{self.breaker_id} in {self.process_id}: {self.state}"


class Operation(models.Model):
    """A retried operation by (service, name)."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="operations")
    name = NameField()
    code_config = models.JSONField(default=dict, blank=True)
    locked = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["service", "name"]
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="operation_once")]

    def __str__(self) -> str:
        """The name."""
        return self.name
