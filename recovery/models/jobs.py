"""Recurring work that exactly one worker does at a time, and what is to leave the house."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """A recurring job: claimed by a conditional UPDATE (owner, end of lease) before it is run."""

    name = models.CharField(max_length=50, primary_key=True)
    owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    lag_ms = models.IntegerField(default=0)  # how late its last run began
    failures = models.IntegerField(default=0)  # in a row
    last_error = models.TextField(blank=True)
    cursor = models.JSONField(default=dict, blank=True)  # how far it got

    def __str__(self) -> str:
        """The name."""
        return self.name


class Outbox(models.Model):
    """A notification or webhook, written in the transaction of what it tells of, sent afterwards."""

    kind = models.CharField(max_length=20)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    def __str__(self) -> str:
        """``kind``."""
        return self.kind
