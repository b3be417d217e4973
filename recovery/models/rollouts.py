"""Rollouts: a policy that is published to ever more processes, as long as those that run it do no worse."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .fields import TEXT, NameField
from .services import Service

RUNNING, DONE = "running", "done"
ROLLED_BACK = "rolled back"  # by the guardrail
STOPPED = "stopped"  # by somebody; everybody runs the base again, as after rolling back


class Rollout(models.Model):
    """One rollout. Each of its stages is a published policy; its verdicts say why it went on, waits or went back."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="rollouts")
    kind = models.CharField(max_length=12)  # breaker, operation
    target = NameField()
    fields = models.JSONField(null=True, blank=True)  # what is rolled out
    base = models.JSONField(null=True, blank=True)  # what was in force before, and is again if it goes back
    stages = models.JSONField()  # [{"share": "one" | percent, "seconds": how long at least}]
    stage = models.PositiveSmallIntegerField(default=0)  # index of the one that runs
    stage_since = models.DateTimeField()
    guardrail = models.JSONField(default=dict)  # what counts as worse, and how many calls are enough to judge
    verdict = models.JSONField(null=True, blank=True)  # the newest judgement with its figures
    measured = models.JSONField(default=dict, blank=True)  # totals of the compared processes, and up to which slot
    state = models.CharField(max_length=12, default=RUNNING)
    reason = models.CharField(max_length=TEXT)
    actor = models.CharField(max_length=100)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Of a target one rollout runs at a time."""

        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "kind", "target"], condition=Q(state=RUNNING), name="rollout_one_runs"
            )
        ]
        indexes = [models.Index(fields=["state"], name="rollout_state")]

    def __str__(self) -> str:
        """``rollout of target``."""
        return f"rollout of {self.target}"
