"""What every act needs: the breaker that an address names, and an answer to what became of it.

A page that stays where it is (``HX-Request``) gets the part that tells how far it is; others are sent to its own page.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from recovery.actions.problems import ActionProblem, Conflict, Invalid
from recovery.models import Service
from recovery.queries.breaker.which import Which, by_name

from .told import told


def found(service: str, environment: str, breaker: str) -> Which:
    """The breaker of an address. Raises 404: nothing is made by asking."""
    which = by_name(service, environment, breaker)
    if which is None:
        raise Http404
    return which


def owner(which: Which) -> Service:
    """Its service, as acts want it."""
    return Service.objects.get(pk=which.service_id)


def done(request: HttpRequest, which: Which, revision: int) -> HttpResponse:
    """It was written down; how far the processes are with it is told as it comes."""
    if request.htmx:
        return render(request, "recovery/acts/progress.html", told(which.service_id, revision))
    return redirect("did", which.service, which.environment, which.name, revision)


def refused(request: HttpRequest, which: Which | None, problem: ActionProblem) -> HttpResponse:
    """Nothing was changed, and why."""
    status = 409 if isinstance(problem, Conflict) else 422 if isinstance(problem, Invalid) else 400
    name = "notice" if request.htmx else "refused"
    context: dict[str, Any] = {"which": which, "problem": problem}
    answer = render(request, f"recovery/acts/{name}.html", context, status=status)
    answer["X-Part"] = name
    return answer
