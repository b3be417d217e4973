"""Services by name and environment, and the tokens by which their processes are known."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models

from .fields import NameField


class Service(models.Model):
    """One service in one environment: production and staging never mix in one number."""

    name = NameField()
    environment = models.CharField(max_length=50, default="production")
    created_at = models.DateTimeField()
    revision = models.BigIntegerField(default=0)  # of its desired state: each hold, policy and command takes the next

    class Meta:
        ordering = ["name", "environment"]
        constraints = [models.UniqueConstraint(fields=["name", "environment"], name="service_once")]

    def __str__(self) -> str:
        """``name · environment``."""
        return f"{self.name} · {self.environment}"


class Token(models.Model):
    """A secret that a process shows; kept only as its hash."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=12)  # what people recognise it by
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hex: the secret is random, so no salt is needed
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        """The prefix."""
        return f"{self.prefix}…"

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is kept of a secret."""
        return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
