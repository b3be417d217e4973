"""Log records that services ship; bounded by time and size."""

from __future__ import annotations

from django.db import models

from .fields import NAME
from .processes import Process
from .services import Service


class LogRecord(models.Model):
    """One line of a service's log."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="+")
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    level = models.SmallIntegerField()
    logger = models.CharField(max_length=NAME)
    operation = models.CharField(max_length=NAME, blank=True)
    text = models.TextField()
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["process", "seq"], name="log_once")]
        indexes = [
            models.Index(fields=["-at"], name="log_at"),
            models.Index(fields=["service", "-at"], name="log_service"),
        ]

    def __str__(self) -> str:
        """The text."""
        return self.text[:80]
