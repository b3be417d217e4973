"""People: a role beside Django's user, and links that work once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from recovery.permissions import Role

from .services import Service

ROLES = [(role.value, role.name.capitalize()) for role in Role]


class Membership(models.Model):
    """What a person may do here. A user without one may nothing."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership")
    role = models.CharField(max_length=16, choices=ROLES)
    since = models.DateTimeField(auto_now_add=True)
    everywhere = models.BooleanField(default=True)  # False: acts only on the services granted below
    services = models.ManyToManyField(Service, blank=True, related_name="granted_to")
    revision = models.PositiveIntegerField(default=1)  # of role and grants: an edit says on which one it builds

    class Meta:
        """A role is one of the three, and an admin acts everywhere, whoever writes it."""

        constraints = [
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="membership_role_known"),
            models.CheckConstraint(
                condition=Q(everywhere=True) | ~Q(role=Role.ADMIN.value), name="membership_admin_everywhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    """The links that still work."""

    def open_at(self, now: datetime) -> OneTimeLinkQuerySet:
        """Neither used nor over."""
        return self.filter(used_at=None, ends_at__gt=now)


class OneTimeLink(models.Model):
    """Makes one person, or gives one a new password. Only a hash of its secret is kept."""

    digest = models.CharField(max_length=64, unique=True)
    role = models.CharField(max_length=16, choices=ROLES, blank=True)  # empty: the person keeps what they have
    everywhere = models.BooleanField(default=True)  # as in the membership that it makes
    services = models.ManyToManyField(Service, blank=True, related_name="+")
    note = models.CharField(max_length=100, blank=True)  # whom it is for
    user = models.ForeignKey(  # empty: it makes a new person
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="one_time_links"
    )
    made_by = models.ForeignKey(  # empty: a command on the console's machine
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = OneTimeLinkQuerySet.as_manager()

    class Meta:
        """The same rule as for memberships."""

        constraints = [
            models.CheckConstraint(
                condition=Q(everywhere=True) | ~Q(role=Role.ADMIN.value), name="link_admin_everywhere"
            )
        ]

    def __str__(self) -> str:
        return f"one-time link of {self.created_at:%Y-%m-%d %H:%M}"
