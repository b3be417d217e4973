"""Health checks and their results."""

from __future__ import annotations

from django.db import models

from .breakers import Breaker
from .fields import TEXT, NameField
from .services import Service


class Check(models.Model):
    """A scheduled check of a target, and what a healthy streak does to the breakers linked to it."""

    class Kind(models.TextChoices):
        """How it looks."""

        HTTP = "http"
        TCP = "tcp"

    class Act(models.TextChoices):
        """What recovery does after ``healthy_after`` healthy results in a row."""

        RESET = "reset"
        PROBE = "probe"
        SUGGEST = "suggest"

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="checks")
    name = NameField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.HTTP)
    target = models.CharField(max_length=500)  # a URL, or host:port
    interval = models.PositiveIntegerField(default=30)  # s
    timeout = models.FloatField(default=5.0)  # s
    healthy_after = models.PositiveSmallIntegerField(default=3)
    act = models.CharField(max_length=10, choices=Act.choices, default=Act.RESET)
    breakers = models.ManyToManyField(Breaker, blank=True, related_name="checks")
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    revision = models.BigIntegerField(default=1)  # of this row: the optimistic lock of its form
    # how it stands
    healthy = models.BooleanField(null=True)
    streak = models.PositiveIntegerField(default=0)  # equal results in a row
    since = models.DateTimeField(null=True, blank=True)
    acted_at = models.DateTimeField(null=True, blank=True)
    last_text = models.CharField(max_length=TEXT, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)
    next_run_at = models.DateTimeField(db_index=True)
    # the claim of a run
    run = models.UUIDField(null=True, blank=True)
    owner = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["service", "name"]
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="check_once")]

    def __str__(self) -> str:
        """The name."""
        return self.name


class CheckResult(models.Model):
    """One run of a check."""

    parent = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="results")
    run = models.UUIDField(unique=True)
    at = models.DateTimeField()
    healthy = models.BooleanField()
    latency_ms = models.FloatField(null=True, blank=True)
    text = models.CharField(max_length=TEXT, blank=True)

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["parent", "-at"], name="result_check"),
            models.Index(fields=["at"], name="result_at"),
        ]

    def __str__(self) -> str:
        """``healthy`` or ``unhealthy``."""
        return "healthy" if self.healthy else "unhealthy"


class CheckDay(models.Model):
    """What a check found on one day (UTC); it stays when the single results are gone."""

    parent = models.ForeignKey(Check, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(db_index=True)
    runs = models.PositiveIntegerField(default=0)
    healthy = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["parent", "day"], name="check_day_once")]

    def __str__(self) -> str:
        """``day: healthy of runs``."""
        return f"{self.day}: {self.healthy} of {self.runs}"
