"""Who did what, why and from where. Append only; written in the transaction of the change it tells of."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .fields import NAME, TEXT
from .services import Service


class AuditEntry(models.Model):
    """One act, or one refusal."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=100)  # a user name, AutoRecovery, a command
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    act = models.CharField(max_length=50)
    target = models.CharField(max_length=NAME, blank=True)
    service = models.ForeignKey(Service, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    scope = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=TEXT, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    revision = models.BigIntegerField(null=True, blank=True)
    refused = models.BooleanField(default=False)
    request_id = models.CharField(max_length=64, blank=True)
    origin = models.CharField(
        max_length=64, blank=True
    )  # page, api, worker, command; with the address where there is one
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="children")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["service", "-at"], name="audit_service"),
            models.Index(fields=["actor", "-at"], name="audit_actor"),
            models.Index(fields=["act", "-at"], name="audit_act"),
            models.Index(fields=["target", "-at"], name="audit_target"),
            models.Index(fields=["-at"], condition=Q(refused=True), name="audit_refused"),
        ]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        """``actor: act target``."""
        return f"{self.actor}: {self.act} {self.target}"

    @property
    def way(self) -> str:
        """By which way it came: page, api, worker, command."""
        return self.origin.partition(" ")[0]

    @property
    def address(self) -> str:
        """From where, if from anywhere."""
        return self.origin.partition(" ")[2]
