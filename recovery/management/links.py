"""One-time links as commands print them."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse


def link_url(secret: str, base: str) -> str:
    """The whole address; PUBLIC_URL, where it is set, knows better than the machine."""
    return f"{settings.PUBLIC_URL or base}{reverse('one-time-link', args=[secret])}"
