"""How often somebody knocked in vain. One row for each who knocks, so that a flood costs updates and no rows."""

from __future__ import annotations

from django.db import models


class Throttle(models.Model):
    """A count of knocks in vain (or of refusals), and the moment before which no further one is looked at."""

    key = models.CharField(max_length=80, unique=True)  # what is counted: a kind, and a digest of whom
    count = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)  # of them, told of in the audit
    last_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        """What is over is deleted by age."""

        indexes = [models.Index(fields=["last_at"], name="throttle_last")]

    def __str__(self) -> str:
        """``key: count``."""
        return f"{self.key}: {self.count}"
