"""One breaker: how it stands, its calls, its processes, how it moves, what happened."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from recovery.queries.acts.standing import holds
from recovery.queries.breaker.chart import SHORTEST, SPANS, chart
from recovery.queries.breaker.checks import checks
from recovery.queries.breaker.config import config
from recovery.queries.breaker.errors import errors
from recovery.queries.breaker.head import head
from recovery.queries.breaker.history import history
from recovery.queries.breaker.live import live
from recovery.queries.breaker.processes import processes
from recovery.queries.breaker.which import by_name

from .watching import beating


@require_safe
def page(request: HttpRequest, service: str, environment: str, breaker: str) -> HttpResponse:
    """`/breakers/<service>/<environment>/<name>?span=15m|1h|24h|7d|90d&before=<cursor of what happened>`."""
    which = by_name(service, environment, breaker)
    if which is None:
        raise Http404
    span, beats = request.GET.get("span", ""), beating(which)
    context: dict[str, Any] = {
        "which": which,
        "head": head(which.id, beats),
        "holds": holds(which.id),
        "live": live(which.id, beats),
        "chart": chart(which.id, span if span in SPANS else SHORTEST),
        "spans": SPANS.values(),
        "processes": processes(which, beats),
        "config": config(which.id),
        "history": history(which, request.GET.get("before", "")),
        "checks": checks(which.id),
        "errors": errors(which),
    }
    return render(request, "recovery/breaker/page.html", context)
