"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    """Holds the console's models, pages and commands; start-up checks are registered when Django is ready."""

    name = "recovery"
    verbose_name = "Recovery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks."""
        from . import checks

        checks.register_all()
