"""Transitions as processes reported them. Append only."""

from __future__ import annotations

from django.db import models

from .breakers import Breaker
from .fields import TEXT, StateField
from .processes import Process


class Transition(models.Model):
    """One change of state of one breaker in one process."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="transitions")
    breaker = models.ForeignKey(Breaker, on_delete=models.CASCADE, related_name="transitions")
    seq = models.BigIntegerField()  # the process's event sequence: the key against repeats
    sequence = models.BigIntegerField()  # the breaker's own
    kind = models.CharField(max_length=12, default="transition")  # or would_open
    before = StateField()
    after = StateField()
    cause = models.CharField(max_length=TEXT, blank=True)
    evidence = models.JSONField(default=dict, blank=True)
    actor = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()  # in console time

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["process", "seq"], name="transition_once")]
        indexes = [
            models.Index(fields=["breaker", "-at"], name="transition_breaker"),
            models.Index(fields=["at"], name="transition_at"),
        ]

    def __str__(self) -> str:
        """``before -> after``."""
        return f"{self.before} -> {self.after}"
