"""What a process had reported in all, now and then: what later slices are subtracted from without reading far back."""

from __future__ import annotations

from django.db import models

from .processes import Process


class Keyframe(models.Model):
    """The newest cumulative totals of every breaker and operation of a process, from its slices before ``own_slot``."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="keyframes")
    own_slot = models.BigIntegerField()  # on the process's clock, as the slices' keys
    slot = models.BigIntegerField()  # on ours, of the newest slice in it
    blob = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "own_slot"], name="keyframe_once")]
        indexes = [models.Index(fields=["slot"], name="keyframe_slot")]

    def __str__(self) -> str:
        """``process before own_slot``."""
        return f"{self.process_id} before {self.own_slot}"
