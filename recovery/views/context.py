"""What every page knows: the links of the rail, and who is looking."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from recovery import __version__
from recovery.navigation import links
from recovery.permissions import granted, role_of

from .bundles import address


def console(request: HttpRequest) -> dict[str, Any]:
    """Lazy where it would cost a query."""
    user = getattr(request, "user", None)
    return {
        "role": role_of(user) or "",
        "granted": lambda: _granted(user),
        "rail": lambda: links(request.path),
        "styles": lambda: address("css"),
        "behaviours": lambda: address("js"),
        "request_id": getattr(request, "id", ""),
        "version": __version__,
    }


def _granted(user: Any) -> str | None:
    """Keys of the services on which this person may act, for js/grants.js; None: on every one."""
    keys = granted(user)
    return None if keys is None else " ".join(map(str, sorted(keys)))
