"""Additive aggregates: 10 s (24 h), 1 min (7 d), 1 h (90 d), 1 d (2 y). Recomputable from the level below."""

from __future__ import annotations

from django.db import models

from .breakers import Breaker, Operation


class BreakerRollup(models.Model):
    """Counts of one breaker, over all processes, in one span. ``at`` is its start in seconds since the epoch."""

    breaker = models.ForeignKey(Breaker, on_delete=models.CASCADE, related_name="+")
    at = models.BigIntegerField()
    admitted = models.BigIntegerField(default=0)
    failures = models.BigIntegerField(default=0)
    ignored = models.BigIntegerField(default=0)
    slow = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)
    fallbacks = models.BigIntegerField(default=0)
    hist = models.JSONField(default=dict, blank=True)  # bucket -> calls; histograms add up, percentiles do not
    worst = models.CharField(max_length=12, blank=True)  # the worst state seen in the span
    linked = models.IntegerField(default=0)  # processes that reported

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """``breaker @ at``."""
        return f"{self.breaker_id} @ {self.at}"


class BreakerTen(BreakerRollup):
    """Ten seconds."""

    class Meta(BreakerRollup.Meta):
        constraints = [models.UniqueConstraint(fields=["breaker", "at"], name="breaker_ten_once")]
        # Read off the index alone: the sums of the whole house every few seconds, and the bars of 200 rows.
        indexes = [
            models.Index(fields=["at", "admitted", "refused"], name="breaker_ten_at"),
            models.Index(fields=["breaker", "at", "admitted", "failures", "refused"], name="breaker_ten_bars"),
        ]


class BreakerMinute(BreakerRollup):
    """A minute."""

    class Meta(BreakerRollup.Meta):
        constraints = [models.UniqueConstraint(fields=["breaker", "at"], name="breaker_minute_once")]
        indexes = [models.Index(fields=["at"], name="breaker_minute_at")]


class BreakerHour(BreakerRollup):
    """An hour."""

    class Meta(BreakerRollup.Meta):
        constraints = [models.UniqueConstraint(fields=["breaker", "at"], name="breaker_hour_once")]
        indexes = [models.Index(fields=["at"], name="breaker_hour_at")]


class BreakerDay(BreakerRollup):
    """A day, UTC."""

    class Meta(BreakerRollup.Meta):
        constraints = [models.UniqueConstraint(fields=["breaker", "at"], name="breaker_day_once")]
        indexes = [models.Index(fields=["at"], name="breaker_day_at")]


class OperationRollup(models.Model):
    """Counts of one retried operation in one span."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="+")
    at = models.BigIntegerField()
    attempts = models.BigIntegerField(default=0)
    retries = models.BigIntegerField(default=0)
    successes_after_retry = models.BigIntegerField(default=0)
    gave_up = models.BigIntegerField(default=0)
    delay_seconds = models.FloatField(default=0)
    by_reason = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """``operation @ at``."""
        return f"{self.operation_id} @ {self.at}"


class OperationTen(OperationRollup):
    """Ten seconds."""

    class Meta(OperationRollup.Meta):
        constraints = [models.UniqueConstraint(fields=["operation", "at"], name="operation_ten_once")]
        indexes = [models.Index(fields=["at"], name="operation_ten_at")]


class OperationMinute(OperationRollup):
    """A minute."""

    class Meta(OperationRollup.Meta):
        constraints = [models.UniqueConstraint(fields=["operation", "at"], name="operation_minute_once")]
        indexes = [models.Index(fields=["at"], name="operation_minute_at")]


class OperationHour(OperationRollup):
    """An hour."""

    class Meta(OperationRollup.Meta):
        constraints = [models.UniqueConstraint(fields=["operation", "at"], name="operation_hour_once")]
        indexes = [models.Index(fields=["at"], name="operation_hour_at")]


class DirtyMinute(models.Model):
    """A minute whose slices came late: the levels above are to be computed again."""

    at = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        """The minute."""
        return str(self.at)
