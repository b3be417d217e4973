"""Processes of a service, and the intervals in which each was linked."""

from __future__ import annotations

from django.db import models

from .fields import NAME
from .services import Service


class Process(models.Model):
    """One run of one process. ``uid`` is host + pid + start + random, as its client says."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="processes")
    uid = models.CharField(max_length=NAME)
    host = models.CharField(max_length=NAME)
    pid = models.BigIntegerField(default=0)
    version = models.CharField(max_length=100, blank=True)
    engine_version = models.CharField(max_length=50, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    capabilities = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    heard_at = models.DateTimeField()  # written at most every few seconds
    left_at = models.DateTimeField(null=True, blank=True)  # it said bye
    clock_offset_ms = models.IntegerField(default=0)  # its clock minus ours
    last_slot = models.BigIntegerField(default=0)  # the last slot and event sequence that are kept
    last_seq = models.BigIntegerField(default=0)
    kept_seqs = models.JSONField(default=list, blank=True)  # which sequences, as [first, last]: what else comes is new
    applied_revision = models.BigIntegerField(default=0)
    client = models.JSONField(default=dict, blank=True)  # its client's own health: queue, dropped, lag

    class Meta:
        ordering = ["host", "pid"]
        constraints = [models.UniqueConstraint(fields=["service", "uid"], name="process_once")]
        indexes = [models.Index(fields=["service", "heard_at"], name="process_heard")]

    def __str__(self) -> str:
        """``host · pid``."""
        return f"{self.host} · {self.pid}"


class LinkInterval(models.Model):
    """A time during which a process was linked: a gap inside it is 0 calls, outside it is *no data*."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="links")
    began_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=20, blank=True)  # bye, lost, replaced, restart

    class Meta:
        ordering = ["-began_at"]
        indexes = [
            models.Index(fields=["process", "-began_at"], name="link_process"),
            models.Index(fields=["ended_at"], name="link_ended"),
        ]

    def __str__(self) -> str:
        """``process since …``."""
        return f"{self.process_id} since {self.began_at:%Y-%m-%d %H:%M:%S}"
