"""One rollout, and the acts on it: go on without waiting, or back to what was in force before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from recovery.actions import rollouts as acts
from recovery.actions.problems import Invalid, NotAllowed, Unchanged
from recovery.models import Rollout
from recovery.permissions import Act, may, needs
from recovery.queries.rollouts import one as queries

DIGITS = 15


@require_safe
def one(request: HttpRequest, key: int) -> HttpResponse:
    """`/rollouts/<id>/`."""
    context = {"rollout": _found(key), "who": queries.runs(key), "told": queries.told(key)}
    return render(request, "recovery/rollouts/page.html", context)


@require_http_methods(["GET", "POST"])
@needs(Act.PUBLISH_POLICIES, read=Act.PUBLISH_POLICIES)
def go_on(request: HttpRequest, key: int) -> HttpResponse:
    """`/rollouts/<id>/go-on/`: what it would do; with the stage that was seen it is done."""
    row = _row(request, key)
    seen = request.POST.get("stage", "")
    stage = int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= DIGITS else -1

    def act() -> None:
        made = acts.go_on(row, actor=request.actor, stage=stage, reason=request.POST.get("reason", ""))
        messages.success(request, f"The rollout went on: revision {made.revision}.")

    return _acted(request, key, "go_on", act)


@require_http_methods(["GET", "POST"])
@needs(Act.PUBLISH_POLICIES, read=Act.PUBLISH_POLICIES)
def stop(request: HttpRequest, key: int) -> HttpResponse:
    """`/rollouts/<id>/stop/`: what it would do; with a reason it is done."""
    row = _row(request, key)

    def act() -> None:
        made = acts.stop(row, actor=request.actor, reason=request.POST.get("reason", ""))
        messages.success(request, f"Everybody is told to run what was in force before: revision {made.revision}.")

    return _acted(request, key, "stop", act)


def _acted(request: HttpRequest, key: int, name: str, act: Callable[[], None]) -> HttpResponse:
    context: dict[str, Any] = {"reason": request.POST.get("reason", "")}
    status = 200
    if request.method == "POST":
        try:
            act()
        except Invalid as problem:
            context["problems"], status = problem.problems, 422
        except Unchanged as problem:
            context["unchanged"], status = problem, 409
        else:
            return redirect("rollout", key)
    shown = _found(key)  # as it stands after a refusal
    return render(request, f"recovery/rollouts/{name}.html", context | {"rollout": shown}, status=status)


def _found(key: int) -> queries.Shown:
    shown = queries.rollout(key) if key < 10**DIGITS else None
    if shown is None:
        raise Http404
    return shown


def _row(request: HttpRequest, key: int) -> Rollout:
    """For somebody who may publish for its service."""
    row = Rollout.objects.select_related("service").filter(pk=key).first() if key < 10**DIGITS else None
    if row is None:
        raise Http404
    if not may(request.user, Act.PUBLISH_POLICIES, row.service):
        raise NotAllowed(Act.PUBLISH_POLICIES, str(row.service))
    return row
