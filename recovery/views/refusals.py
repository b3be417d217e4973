"""Pages that say no: what was tried, why it failed, whether anything changed, what to do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recovery.actions.refusals import refused
from recovery.permissions import LEAST, SAFE_METHODS, Act, allows, role_of

from .bundles import address


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """400: nothing of the request is repeated."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: names the role that is needed and the one that is there; or the service that was not granted."""
    tried = str(getattr(exception, "act", exception or ""))
    least, mine = LEAST[Act(tried)] if tried in set(Act) else None, role_of(request.user)
    context: dict[str, Any] = {"tried": tried, "least": least, "mine": mine}
    context["told"] = request.method not in SAFE_METHODS
    if least is not None and allows(mine, Act(tried)):
        context["not_granted"] = getattr(exception, "service", "") or "every service"
    return render(request, "403.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """403: the form came from elsewhere, or from before the sign-in. Of who is signed in, the audit has it."""
    if request.user.is_authenticated:
        refused(request.actor, "send a form from elsewhere", target=request.path)
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """404."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without the database, which may be what failed."""
    return render(None, "500.html", {"request_id": getattr(request, "id", ""), "styles": address("css")}, status=500)
