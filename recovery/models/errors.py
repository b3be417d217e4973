"""Errors grouped by fingerprint, with exact counters and a bounded sample of occurrences."""

from __future__ import annotations

from django.db import models

from .fields import NAME, TEXT
from .processes import Process
from .services import Service


class ErrorGroup(models.Model):
    """All errors of one service with one fingerprint (type + own frames + normalised message)."""

    class Status(models.TextChoices):
        """Where it stands with the people who look at it."""

        NEW = "new"
        SEEN = "seen"
        REGRESSED = "regressed"
        MUTED = "muted"
        RESOLVED = "resolved"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="errors")
    fingerprint = models.CharField(max_length=64)
    exception_type = models.CharField(max_length=NAME)
    title = models.CharField(max_length=TEXT)
    category = models.CharField(max_length=12)
    reason = models.CharField(max_length=30)
    severity = models.CharField(max_length=10)
    operation = models.CharField(max_length=NAME, blank=True)
    breaker = models.CharField(max_length=NAME, blank=True)
    suggestions = models.JSONField(default=list, blank=True)
    count = models.BigIntegerField(default=0)
    retried = models.BigIntegerField(default=0)  # of these, attempts that were tried again
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    resolved_at = models.DateTimeField(null=True, blank=True)
    muted_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-last_seen_at"]
        constraints = [models.UniqueConstraint(fields=["service", "fingerprint"], name="error_once")]
        indexes = [
            models.Index(fields=["status", "-last_seen_at"], name="error_status"),
            models.Index(fields=["-last_seen_at"], name="error_seen"),
        ]

    def __str__(self) -> str:
        """The title."""
        return self.title


class Occurrence(models.Model):
    """One error as it was reported."""

    group = models.ForeignKey(ErrorGroup, on_delete=models.CASCADE, related_name="occurrences")
    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    message = models.TextField(blank=True)
    severity = models.CharField(max_length=10)
    attempt = models.IntegerField(null=True, blank=True)
    will_retry = models.BooleanField(default=False)
    traceback = models.TextField(blank=True)
    context = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["process", "seq"], name="occurrence_once")]
        indexes = [
            models.Index(fields=["group", "-at"], name="occurrence_group"),
            models.Index(fields=["at"], name="occurrence_at"),
        ]

    def __str__(self) -> str:
        """``group at …``."""
        return f"{self.group_id} at {self.at:%Y-%m-%d %H:%M:%S}"
