"""How far the processes are with one act, as a page of its own; it is live."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .answers import found
from .now import MOST_REVISION
from .told import told


@require_safe
def did(request: HttpRequest, service: str, environment: str, breaker: str, revision: int) -> HttpResponse:
    """`/breakers/<service>/<environment>/<name>/did/<revision>`."""
    which = found(service, environment, breaker)
    context = told(which.service_id, revision) if revision <= MOST_REVISION else None
    if context is None or context["p"].change.target != which.name:
        raise Http404
    return render(request, "recovery/acts/did.html", context | {"which": which})
