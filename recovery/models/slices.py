"""What processes report every ten seconds, as it came. Appended only; the key is the dedupe."""

from __future__ import annotations

from django.db import models

from .processes import Process


class Slice(models.Model):
    """All breakers and operations of one process in one 10-s slot, packed and compressed (``recovery.wire``)."""

    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="slices")
    own_slot = models.BigIntegerField()  # the slot's number on the process's clock: the key against repeats
    slot = models.BigIntegerField()  # its number on ours: console seconds since the epoch, divided by ten
    width = models.SmallIntegerField(default=1)  # slots that a lagging client merged into this one
    received_at = models.DateTimeField()
    lost = models.IntegerField(default=0)  # tape entries that did not fit
    blob = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["process", "own_slot"], name="slice_once")]
        indexes = [models.Index(fields=["slot"], name="slice_slot")]

    def __str__(self) -> str:
        """``process @ slot``."""
        return f"{self.process_id} @ {self.slot}"
